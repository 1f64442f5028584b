
// ------------------------------------------------------------------ a page without a kernel

// In Jupyter, Python answers what the ladder asks. Here all answers have been written down: this model looks them up.
class Book {
  constructor(answers, note) {
    this.answers = answers; // by what was changed: "drop client 3", or "" for the scenario as it is
    this.note = note;
    this.steps = [""];
    this.at = 0;
  }

  on(name, hear) {
    this.hear = hear;
  }

  off() {
    this.hear = () => {};
  }

  send(message) {
    const { details, headers } = this.answers[this.steps[this.at]];
    if (message.do === "details") return this.answer(message, details);
    if (message.do === "header") return this.answer(message, headers[message.name]);
    this.note.textContent = "";
    this[message.do](message);
    const can = { undo: this.at > 0, redo: this.at + 1 < this.steps.length, faults: ["drop", "none"], knobs: false };
    this.answer(message, { ...this.answers[this.steps[this.at]].picture, can });
  }

  answer({ serial }, answer) {
    this.hear({ ...answer, serial });
  }

  show() {}

  undo() {
    this.at = Math.max(this.at - 1, 0);
  }

  redo() {
    this.at = Math.min(this.at + 1, this.steps.length - 1);
  }

  reset() {
    this.go("");
  }

  fault({ kind, name: segment }) {
    const before = this.steps[this.at].replace(/^\w+ /, "");
    const asked = `${kind} ${segment}`;
    if (asked in this.answers) this.go(asked);
    else if (kind === "none") this.go("");
    else return this.say(`${segment} is sent only because of another loss, and this page holds one loss at a time.`);
    if (before && before !== segment) this.say(`This page changes one thing at a time: what you chose for ${before} is taken back.`);
  }

  go(step) {
    this.steps = [...this.steps.slice(0, this.at + 1), step];
    this.at += 1;
  }

  say(words) {
    this.note.textContent = `${words} For more than one, in Jupyter: scenario.play()`;
  }
}

// The answers have most of their parts in common: each is written once, and stands elsewhere as its place, [7].
function unfolded(parts) {
  const whole = (part) => (Array.isArray(part) ? parts[part[0]] : part);
  parts.forEach((part, place) => {
    parts[place] = Array.isArray(part) ? part.map(whole) : Object.fromEntries(Object.entries(part).map(([name, each]) => [name, whole(each)]));
  });
  return parts.at(-1);
}

const answers = unfolded(JSON.parse(document.getElementById("answers").textContent));
render({ model: new Book(answers, document.getElementById("note")), el: document.getElementById("ladder") });
for (const heading of document.querySelectorAll("#ladder h4")) heading.setAttribute("aria-level", 2); // they follow the h1
