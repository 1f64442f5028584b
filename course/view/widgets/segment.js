// The chosen segment: what it is, why it was sent, and its header field by field over its octets. The fields are one stop of
// the Tab key; where one stands, its octets are coloured.

class Segment {
  constructor(side) {
    this.heading = add(side, "h4", {});
    this.what = add(side, "p", { class: "line" });
    this.why = add(side, "p", { class: "why" });
    this.fates = add(side, "div", {});
    this.octets = add(side, "div", { class: "octets", role: "group" });
    this.fields = add(side, "div", { class: "fields", role: "listbox", "aria-label": "Fields of the header" });
    this.fields.addEventListener("keydown", (event) => this.key(event));
    this.name = null;
    this.field = null; // the name of the field that is chosen: it stays from one segment to the next
  }

  tell(name, said) {
    this.heading.textContent = said.heading;
    this.what.textContent = said.what;
    this.why.replaceChildren();
    if (said.why) {
      add(this.why, "b", {}, "Why was this sent? ");
      this.why.append(`${said.why.charAt(0).toUpperCase()}${said.why.slice(1)}. `);
      add(this.why, "span", { class: "clause" }, said.clause);
    }
    this.fates.replaceChildren();
    for (const fate of said.faults) add(this.fates, "p", { class: "fate" }, `You chose: ${fate}`);
    if (name !== this.name) this.octets.classList.add("stale"); // until its own octets come
    this.name = name;
  }

  draw({ name, octets, more, fields }) {
    if (name !== this.name) return;
    this.octets.classList.remove("stale");
    this.octets.replaceChildren();
    this.octets.setAttribute("aria-label", `${octets.length + more} octets: ${octets.join(" ")}${more ? " …" : ""}`);
    this.cells = octets.map((octet, at) => this.cell(octet, at, fields));
    if (more) add(this.octets, "span", { class: "more" }, `… and ${more} more`);
    const hadFocus = this.fields.contains(document.activeElement);
    this.fields.replaceChildren();
    this.rows = new Map(fields.map((field) => [field.name, this.row(field)]));
    this.choose([this.field, "Sequence Number", fields[0].name].find((each) => this.rows.has(each)), hadFocus);
  }

  cell(octet, at, fields) {
    const cell = add(this.octets, "span", { class: "octet", "aria-hidden": "true" }, octet);
    const field = fields.find((each) => each.at[0] <= at && at <= each.at[1]);
    if (field) cell.onclick = () => this.choose(field.name);
    return cell;
  }

  row(field) {
    const row = add(this.fields, "div", { class: "field", role: "option", tabindex: -1 });
    add(row, "span", { class: "name" }, field.name);
    add(row, "span", { class: "words" }, field.words);
    const where = add(row, "span", { class: "where" });
    add(where, "span", { class: "silent" }, ", octets ");
    where.append([...new Set(field.at)].join("–"));
    row.onclick = () => this.choose(field.name, true);
    row.onpointerenter = () => this.light(field.name);
    row.onpointerleave = () => this.light(this.field);
    row.at = field.at;
    return row;
  }

  choose(name, focus = false) {
    this.field = name;
    for (const [each, row] of this.rows) {
      setAll(row, { tabindex: each === name ? 0 : -1, "aria-selected": each === name });
    }
    if (focus) this.rows.get(name).focus();
    this.light(name);
  }

  light(name) {
    const [first, last] = this.rows.get(name).at;
    this.cells.forEach((cell, at) => cell.classList.toggle("here", first <= at && at <= last));
  }

  key(event) {
    const names = [...this.rows.keys()];
    const at = names.indexOf(this.field);
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (next === undefined) return;
    this.choose(names[Math.min(Math.max(next, 0), names.length - 1)], true);
    event.preventDefault();
  }
}
