// A number and its octets in both byte orders. Python knows what they are; this file shows them, and asks Python when
// somebody types.

class View {
  constructor(el, python) {
    this.typing = new Typing(python);
    this.cells = {}; // for each order the fields of its octets
    python.heard = (answer, isLast) => this.hear(answer, isLast);
    this.build(el, python);
  }

  hear(answer, isLast) {
    this.typing.hear(answer, isLast);
    this.typing.fill(this.number, answer.text);
    this.size.value = answer.size;
    this.signed.checked = answer.signed;
    this.readings.replaceChildren();
    for (const reading of answer.readings) add(this.readings, "code", {}, reading);
    for (const order of answer.orders) this.drawOrder(order);
    this.notes.replaceChildren();
    for (const note of answer.notes) add(this.notes, "p", {}, note);
    if (!answer.error && answer.status !== this.status.textContent) this.status.textContent = answer.status;
  }

  // ---------------------------------------------------------------- the frame, built once

  build(el, python) {
    this.root = frame(el, python, { class: "course-octets", role: "group", "aria-label": "A number in both byte orders" });
    const bar = add(this.root, "div", { class: "bar" });
    const label = add(bar, "label", {}, "Number ");
    this.number = textField(label, { class: "number" });
    this.typing.listen(this.number, () => ({ do: "number", text: this.number.value }));
    this.size = add(add(bar, "label", {}, "octets "), "select", {});
    for (const size of [1, 2, 4, 8]) add(this.size, "option", { value: size }, String(size));
    this.size.onchange = () => this.typing.ask({ do: "size", size: Number(this.size.value) });
    const sign = add(bar, "label", {});
    this.signed = add(sign, "input", { type: "checkbox" });
    sign.append(" signed");
    this.signed.onchange = () => this.typing.ask({ do: "signed", signed: this.signed.checked });
    this.root.append(python.trouble);
    this.readings = add(this.root, "div", { class: "readings" });
    this.orders = add(this.root, "div", { class: "orders" });
    this.notes = add(this.root, "div", { class: "notes" });
    add(this.root, "div", { class: "quiet" }, "Under each octet its place in memory, counted from the lowest address; coloured: the most significant octet.");
    this.status = announcer(this.root);
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
    this.typing.fill(octet, order.octets[at]);
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
    const octet = this.typing.octet(cell, {}, ({ value }) => ({ do: "octet", order, at, text: value }));
    octet.addEventListener("focus", () => octet.select());
    octet.addEventListener("keydown", (event) => goOn(event, octet, [...cell.parentNode.querySelectorAll("input")]));
  }
}
