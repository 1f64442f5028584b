// Fields to type in, whose octets Python knows. What is half typed is left alone; what Python refuses stays in its field,
// marked, with the reason beside it.

class Typing {
  constructor(python) {
    this.python = python;
    this.asked = null; // the field whose text Python was asked about last
    this.refused = null;
  }

  ask(message, field = null) {
    this.asked = field;
    if (field) delete field.dataset.typing;
    this.python.ask(message);
  }

  hear(answer, isLast) {
    if (isLast) this.refused = answer.error ? this.asked : null;
  }

  fill(field, text) {
    const kept = field === this.refused || (field === document.activeElement && field.dataset.typing);
    field.setAttribute("aria-invalid", String(field === this.refused));
    if (!kept && field.value !== text) field.value = text;
  }

  // Python hears of a text when it is finished: by Enter, or when the field is left. Escape brings the old one back.
  listen(field, message) {
    field.addEventListener("input", () => { field.dataset.typing = "yes"; });
    field.addEventListener("change", () => this.ask(message(), field));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      delete field.dataset.typing;
      this.ask({ do: "show" });
    });
  }

  // An octet is finished with its second digit, too.
  octet(parent, attributes, message) {
    const octet = add(parent, "input", { type: "text", class: "octet", maxlength: 2, autocomplete: "off", spellcheck: "false", autocapitalize: "off", ...attributes });
    this.listen(octet, () => message(octet));
    octet.addEventListener("input", () => octet.value.length === 2 && this.ask(message(octet), octet));
    return octet;
  }
}

function textField(parent, attributes) {
  return add(parent, "input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
}

// The arrow keys go on to the next octet where the text of one ends, and with `row` octets in a row up and down.
function goOn(event, octet, octets, row = 0) {
  const back = octet.selectionStart === 0 && -1;
  const forth = octet.selectionEnd === octet.value.length && 1;
  const step = { ArrowLeft: back, ArrowRight: forth, ArrowUp: -row, ArrowDown: row }[event.key];
  const next = step && octets[octets.indexOf(octet) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
