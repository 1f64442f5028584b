// A TCP header: its fields on one side, its octets on the other. Python knows what the octets mean; this file shows them,
// and asks Python when somebody types. Where the focus is on one side, its counterpart on the other is coloured.

const WORD = 4; // octets in a row, as in figure 1 of RFC 9293

class View {
  constructor(el, python) {
    this.typing = new Typing(python);
    this.rows = new Map(); // by its name each field: where it stands, and how to show it
    this.octets = []; // the fields of the octets
    python.heard = (answer, isLast) => this.hear(answer, isLast);
    this.build(el, python);
  }

  hear(answer, isLast) {
    this.typing.hear(answer, isLast);
    this.drawFields(answer);
    this.drawOctets(answer);
    this.drawPseudo(answer);
    this.problem.textContent = answer.problem + (answer.stale ? " The fields show what the octets said when they last made sense." : "");
    this.problem.classList.toggle("trouble", answer.problem !== "");
    if (!answer.problem) this.problem.textContent = "A TCP would take these octets.";
    this.mend.setAttribute("aria-disabled", String(answer.right));
    if (!answer.error && answer.status !== this.status.textContent) this.status.textContent = answer.status;
    this.light();
  }

  // ---------------------------------------------------------------- the frame, built once

  build(el, python) {
    this.root = frame(el, python, { class: "course-octets", role: "group", "aria-label": "A TCP header to write in" });
    const bar = add(this.root, "div", { class: "bar" });
    this.mend = add(bar, "button", { type: "button" }, "Make the checksum right");
    this.mend.onclick = () => this.mend.getAttribute("aria-disabled") !== "true" && this.typing.ask({ do: "mend" });
    this.problem = add(bar, "span", { class: "problem" });
    this.root.append(python.trouble);
    const sides = add(this.root, "div", { class: "sides" });
    this.fields = add(sides, "div", { class: "fields", role: "group", "aria-label": "Fields" });
    this.grid = add(sides, "div", { class: "octets", role: "group", "aria-label": "Octets, four in a row; the arrow keys go from one to the next" });
    this.about = add(this.root, "div", { class: "quiet" });
    this.buildPseudo();
    this.status = announcer(this.root);
    this.root.addEventListener("focusin", (event) => { this.here = event.target; this.light(); });
  }

  buildPseudo() {
    const section = add(this.root, "div", { class: "pseudo" });
    add(section, "h4", {}, "Pseudo-header: never sent, but under the checksum, too");
    const bar = add(section, "div", { class: "bar" });
    this.ends = {};
    for (const end of ["source", "destination"]) {
      const input = textField(add(bar, "label", {}, `${end} address `), { size: 16 });
      this.typing.listen(input, () => ({ do: "address", end, text: input.value }));
      this.ends[end] = input;
    }
    this.pseudo = add(add(section, "table", {}), "tbody", {});
  }

  // ---------------------------------------------------------------- the fields

  drawFields(answer) {
    this.fields.classList.toggle("stale", answer.stale);
    for (const field of answer.fields) {
      if (!this.rows.has(field.name)) this.rows.set(field.name, this.buildField(field));
      const row = this.rows.get(field.name);
      row.at = field.at;
      row.words.textContent = answer.stale && row.input ? "" : field.words;
      if (!row.input) continue;
      if (field.kind === "text") this.typing.fill(row.input, field.value);
      else row.input.checked = field.value;
      row.input.disabled = Boolean(field.off);
    }
  }

  buildField(field) {
    if (field.kind === "bit") return this.buildBit(field);
    const group = add(this.fields, "div", { class: "field" });
    const name = add(group, field.kind === "told" ? "span" : "label", { class: "name" }, field.name + (field.hint || ""));
    const value = add(group, "span", { class: "value" });
    if (field.kind === "told") return { group, words: add(value, "span", {}) };
    const input = textField(value, { type: field.kind === "box" ? "checkbox" : "text" });
    const words = add(value, "span", { class: "quiet" });
    input.id = unique("header");
    words.id = unique("header");
    name.setAttribute("for", input.id);
    input.setAttribute("aria-describedby", words.id);
    this.listen(input, field);
    return { group, input, words };
  }

  buildBit(field) {
    this.flags ??= add(this.fields, "div", { class: "flags", role: "group", "aria-label": "Control bits" });
    const group = add(this.flags, "div", { class: "field" });
    const label = add(group, "label", {});
    const input = add(label, "input", { type: "checkbox" });
    label.append(` ${field.name}`);
    this.listen(input, field);
    return { group, input, words: document.createElement("span") };
  }

  listen(input, field) {
    if (field.kind === "text") this.typing.listen(input, () => ({ do: "field", name: field.key, value: input.value }));
    else input.onchange = () => this.typing.ask({ do: "field", name: field.key, value: input.checked });
  }

  // ---------------------------------------------------------------- the octets

  drawOctets(answer) {
    if (this.octets.length !== answer.octets.length) this.buildOctets(answer.octets.length);
    this.octets.forEach((octet, at) => {
      this.typing.fill(octet, answer.octets[at]);
      const wrong = answer.marked.includes(at);
      octet.classList.toggle("wrong", wrong);
      octet.setAttribute("aria-label", `octet ${at}: ${this.namesAt(at).join(", ")}${wrong ? ", wrong" : ""}`);
    });
    this.more.textContent = answer.more ? `… and ${answer.more} more octets` : "";
  }

  buildOctets(count) {
    const focused = this.octets.indexOf(document.activeElement);
    this.grid.replaceChildren();
    add(this.grid, "h4", {}, "Octets");
    this.octets = [];
    for (let at = 0; at < count; at += 1) {
      if (at % WORD === 0) add(this.grid, "small", { "aria-hidden": "true" }, String(at));
      this.octets.push(this.buildOctet(at));
    }
    this.more = add(this.grid, "span", { class: "more quiet" });
    this.octets[0].tabIndex = 0;
    if (focused >= 0) this.octets[Math.min(focused, count - 1)].focus();
  }

  buildOctet(at) {
    const octet = this.typing.octet(this.grid, { tabindex: -1 }, ({ value }) => ({ do: "octet", at, text: value }));
    octet.addEventListener("focus", () => this.stand(octet));
    octet.addEventListener("keydown", (event) => goOn(event, octet, this.octets, WORD));
    return octet;
  }

  // The octets are one stop of the Tab key: the one that somebody was at last.
  stand(octet) {
    for (const each of this.octets) each.tabIndex = each === octet ? 0 : -1;
    octet.select();
  }

  drawPseudo(answer) {
    for (const [end, input] of Object.entries(this.ends)) this.typing.fill(input, answer.addresses[end]);
    this.pseudo.replaceChildren();
    for (const { name, words, hex } of answer.pseudo) {
      const row = add(this.pseudo, "tr", {});
      add(row, "th", { scope: "row" }, name);
      add(add(row, "td", {}), "code", {}, hex);
      add(row, "td", { class: "quiet" }, words);
    }
  }

  // ---------------------------------------------------------------- what belongs together

  namesAt(at) {
    return [...this.rows].filter(([, row]) => row.at.includes(at)).map(([name]) => name);
  }

  light() {
    const at = this.octets.indexOf(this.here);
    const [name, row] = [...this.rows].find(([, each]) => each.input && each.input === this.here) || [];
    for (const [, each] of this.rows) each.group.classList.toggle("here", each === row || each.at.includes(at));
    this.octets.forEach((octet, place) => octet.classList.toggle("here", place === at || Boolean(row && row.at.includes(place))));
    if (row) this.about.textContent = row.at.length ? `${name}: ${span(row.at)}` : `${name}: no octet`;
    else if (at >= 0) this.about.textContent = `Octet ${at}: ${this.namesAt(at).join(", ") || "nothing that can be read"}`;
    else this.about.textContent = "Go to a field, and its octets are coloured; go to an octet, and its fields are.";
  }
}

function span(places) {
  const [first, last] = [places[0], places.at(-1)];
  return first === last ? `octet ${first}` : `octets ${first} to ${last}`;
}
