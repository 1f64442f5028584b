// A number and its octets in both byte orders. Python knows what they are; this file shows them, and asks Python when
// somebody types. What is half typed is left alone; what Python refuses stays in its field, marked, with the reason.

const PATIENCE = 1000; // milliseconds without an answer until the student is told

export default { render };

function render({ model, el }) {
  const view = new View(model, el);
  model.on("msg:custom", view.hear);
  view.ask({ do: "show" });
  return () => {
    clearTimeout(view.waiting);
    model.off("msg:custom", view.hear);
  };
}

class View {
  constructor(model, el) {
    this.model = model;
    this.serial = 0;
    this.asked = null; // the field whose text Python was asked about last
    this.cells = {}; // for each order the fields of its octets
    this.hear = this.hear.bind(this);
    this.build(el);
  }

  // ---------------------------------------------------------------- what is asked, and what is answered

  ask(message, field = null) {
    this.serial += 1;
    this.asked = field;
    if (field) delete field.dataset.typing;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.complain("The kernel has not answered yet. It may be busy with a cell, or gone: run the cell again."), PATIENCE);
    this.model.send({ ...message, serial: this.serial });
  }

  hear(answer) {
    if (answer.serial === this.serial) clearTimeout(this.waiting);
    this.refused = answer.error && answer.serial === this.serial ? this.asked : null;
    this.complain(answer.error || "");
    this.fill(this.number, answer.text);
    this.size.value = answer.size;
    this.signed.checked = answer.signed;
    this.readings.replaceChildren();
    for (const reading of answer.readings) add(this.readings, "code", {}, reading);
    for (const order of answer.orders) this.drawOrder(order);
    this.notes.replaceChildren();
    for (const note of answer.notes) add(this.notes, "p", {}, note);
    if (!answer.error && answer.status !== this.heard) this.status.textContent = answer.status;
    this.heard = answer.status;
  }

  complain(text) {
    this.trouble.textContent = text;
  }

  // A field that somebody types in, or that Python has just refused, keeps its text.
  fill(field, text) {
    const kept = field === this.refused || (field === document.activeElement && field.dataset.typing);
    field.setAttribute("aria-invalid", String(field === this.refused));
    if (!kept && field.value !== text) field.value = text;
  }

  // ---------------------------------------------------------------- the frame, built once

  build(el) {
    this.root = add(el, "div", { class: "course-octets", role: "group", "aria-label": "A number in both byte orders" });
    this.root.addEventListener("keydown", keep);
    const bar = add(this.root, "div", { class: "bar" });
    const label = add(bar, "label", {}, "Number ");
    this.number = add(label, "input", { type: "text", class: "number", autocomplete: "off", spellcheck: "false" });
    this.typed(this.number, () => ({ do: "number", text: this.number.value }));
    this.size = add(add(bar, "label", {}, "octets "), "select", {});
    for (const size of [1, 2, 4, 8]) add(this.size, "option", { value: size }, String(size));
    this.size.onchange = () => this.ask({ do: "size", size: Number(this.size.value) });
    const sign = add(bar, "label", {});
    this.signed = add(sign, "input", { type: "checkbox" });
    sign.append(" signed");
    this.signed.onchange = () => this.ask({ do: "signed", signed: this.signed.checked });
    this.trouble = add(this.root, "div", { class: "trouble", role: "alert" });
    this.readings = add(this.root, "div", { class: "readings" });
    this.orders = add(this.root, "div", { class: "orders" });
    this.notes = add(this.root, "div", { class: "notes" });
    add(this.root, "div", { class: "quiet" }, "Under each octet its place in memory, counted from the lowest address; coloured: the most significant octet.");
    this.status = add(this.root, "div", { class: "silent", role: "status", "aria-live": "polite" });
  }

  // Python hears of a text when it is finished: by Enter, or when the field is left. Escape brings the old one back.
  typed(field, message) {
    field.addEventListener("input", () => { field.dataset.typing = "yes"; });
    field.addEventListener("change", () => this.ask(message(), field));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      delete field.dataset.typing;
      this.ask({ do: "show" });
    });
  }

  // ---------------------------------------------------------------- one order

  drawOrder(order) {
    this.cells[order.order] ??= this.buildOrder(order);
    const { cells, code } = this.cells[order.order];
    if (cells.childElementCount !== order.octets.length) this.buildCells(cells, order);
    [...cells.children].forEach((cell, at) => {
      const octet = cell.firstChild;
      octet.classList.toggle("most", at === order.first);
      if (octet.tagName !== "INPUT") octet.textContent = order.octets[at];
      else this.drawOctet(octet, order, at);
    });
    code.replaceChildren();
    for (const line of order.code) add(add(code, "p", {}), "code", {}, line);
  }

  drawOctet(octet, order, at) {
    octet.setAttribute("aria-label", `${order.name}, octet ${at}${at === order.first ? ", most significant" : ""}`);
    this.fill(octet, order.octets[at]);
  }

  buildOrder(order) {
    const section = add(this.orders, "section", { "aria-label": order.name });
    add(section, "h4", {}, order.name);
    return { cells: add(section, "div", { class: "cells" }), code: add(section, "div", {}) };
  }

  buildCells(cells, order) {
    cells.replaceChildren();
    order.octets.forEach((_, at) => {
      const cell = add(cells, "span", { class: "cell" });
      if (order.order === "machine") add(cell, "span", { class: "octet" });
      else this.buildOctet(cell, order.order, at);
      add(cell, "small", { "aria-hidden": "true" }, `+${at}`);
    });
  }

  buildOctet(cell, order, at) {
    const octet = add(cell, "input", { type: "text", class: "octet", maxlength: 2, autocomplete: "off", spellcheck: "false", autocapitalize: "off" });
    const message = () => ({ do: "octet", order, at, text: octet.value });
    this.typed(octet, message);
    octet.addEventListener("input", () => octet.value.length === 2 && this.ask(message(), octet));
    octet.addEventListener("focus", () => octet.select());
    octet.addEventListener("keydown", (event) => step(event, [...cell.parentNode.querySelectorAll("input")], octet));
  }
}

// ------------------------------------------------------------------ small things

// The arrow keys go on to the next octet where the text ends.
function step(event, octets, octet) {
  const back = event.key === "ArrowLeft" && octet.selectionStart === 0;
  const forth = event.key === "ArrowRight" && octet.selectionEnd === octet.value.length;
  const next = octets[octets.indexOf(octet) + (forth ? 1 : -1)];
  if (!(back || forth) || !next) return;
  event.preventDefault();
  next.focus();
}

// A letter typed on a check box is no command to JupyterLab; Shift and Enter, or Control and a letter, still are.
function keep(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
}

function add(parent, name, attributes, words) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (words !== undefined) element.textContent = words;
  return parent.appendChild(element);
}
