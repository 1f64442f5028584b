// The menu of a segment: what may become of it. A choice that needs a number asks for it in the same place.

const FATES = [
  { kind: "drop", words: "lose it" },
  { kind: "delay", words: "delay it by …", question: "How many seconds later?", example: 0.5 },
  { kind: "duplicate", words: "let it arrive twice" },
  { kind: "corrupt", words: "damage it" },
  { kind: "hold", words: "hold it back until …", question: "Until which second?", example: 1 },
  { kind: "none", words: "let it pass" },
];

class Menu {
  constructor(stage, closed) {
    this.stage = stage;
    this.closed = closed; // called whenever it closes, so that the focus can go back
  }

  get isOpen() {
    return Boolean(this.box);
  }

  open(name, fates, place, chosen) {
    this.close();
    this.chosen = chosen;
    this.box = add(this.stage, "div", { class: "menu", role: "menu", "aria-label": `What becomes of ${name}?` });
    for (const fate of fates) {
      const item = add(this.box, "button", { type: "button", role: "menuitem", tabindex: -1 }, fate.words);
      item.onclick = () => (fate.question ? this.ask(name, fate) : this.done(fate.kind));
    }
    this.box.addEventListener("keydown", (event) => this.key(event));
    const room = this.stage.scrollWidth - this.box.offsetWidth - 8;
    this.box.style.left = `${Math.max(4, Math.min(place.x - this.box.offsetWidth / 2, room))}px`;
    this.box.style.top = `${place.y + 14}px`;
    this.box.firstChild.focus();
    this.box.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  ask(name, { kind, question, example }) {
    setAll(this.box, { role: "dialog", "aria-label": name });
    const form = document.createElement("form");
    const label = add(form, "label", {}, question);
    const input = add(label, "input", { type: "number", min: 0, step: "any", required: "", value: example });
    add(form, "button", { type: "submit" }, "Do it");
    form.onsubmit = (event) => { event.preventDefault(); this.done(kind, Number(input.value)); };
    this.box.replaceChildren(form);
    input.select();
    input.focus();
  }

  done(kind, seconds) {
    const { chosen } = this;
    this.close();
    chosen(kind, seconds);
  }

  key(event) {
    const items = [...this.box.querySelectorAll("[role=menuitem]")];
    if (event.key === "Escape" || (event.key === "Tab" && items.length)) {
      this.close();
      event.preventDefault();
    }
    if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    items[(next + items.length) % items.length].focus();
    event.preventDefault();
  }

  close() {
    if (!this.box) return;
    const hadFocus = this.box.contains(document.activeElement);
    this.box.remove();
    this.box = null;
    if (hadFocus) this.closed();
  }
}
