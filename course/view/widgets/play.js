// The ladder that one plays with. Python decides what happens and where everything stands; the browser draws it, and asks
// Python for the next step. From top to bottom this file is what a student does.

const RATES = [9.6e3, 56e3, 128e3, 512e3, 1e6, 2e6, 5e6, 10e6, 50e6, 100e6, null]; // bits a second; null: no limit
const KNOBS = [
  { name: "delay", range: { max: 500, step: 5 }, place: (seconds) => seconds * 1000, value: (ms) => ms / 1000, words: (seconds) => `${rounded(seconds * 1000)} ms` },
  { name: "loss", range: { max: 50, step: 1 }, place: (part) => part * 100, value: (percent) => percent / 100, words: (part) => `${rounded(part * 100)} %` },
  { name: "rate", range: { max: RATES.length - 1, step: 1 }, place: nearest, value: (place) => RATES[place], words: rateWords },
];
const PACE = 700; // milliseconds from one moment to the next while it plays

class View {
  constructor(el, python) {
    this.python = python;
    python.heard = (answer) => this.hear(answer);
    this.moment = null; // which moment is chosen; null: the last one, however many there come to be
    this.build(el);
  }

  // ---------------------------------------------------------------- what Python answers

  hear(answer) {
    if (answer.header && this.python.asked(answer)) this.segment.draw(answer.header);
    if (answer.journey && this.python.asked(answer)) {
      this.byte.hear(answer.journey);
      this.goTo(this.here());
    }
    if (answer.moments && this.python.asked(answer)) this.detail(answer);
    else if (answer.can) this.draw(answer);
  }

  // What is to be done to the run. The picture comes back down to where one looks, so that it comes at once.
  change(deed) {
    this.python.ask({ ...deed, sight: this.ladder.bottom });
  }

  // First comes the picture, and right after it the rest, and what there is to say of each segment and each moment.
  draw(answer) {
    const isFirst = !this.answer;
    this.answer = { ...this.answer, ...answer };
    this.undo.disabled = !answer.can.undo;
    this.redo.disabled = !answer.can.redo;
    this.showKnobs(answer);
    if (isFirst && answer.hides) this.begin();
    this.ladder.draw(answer.scene);
    this.python.ask({ do: "details", whole: !answer.isWhole });
    this.code.textContent = answer.code;
    this.json.hidden = !answer.json; // a fault that is a function cannot be saved
    this.copied.textContent = "";
    if (!isFirst && this.status.textContent !== answer.status) this.status.textContent = answer.status;
  }

  // For a room that is to guess: nothing is seen before the first moment is known, and then no more than that one.
  begin() {
    this.hide.checked = true;
    this.moment = 0;
    this.stage.classList.add("unseen");
  }

  detail(details) {
    Object.assign(this.answer, details);
    if (details.scene) this.ladder.draw(details.scene);
    this.sent = new Map(details.moments.map(({ name }, at) => [name, at]).reverse()); // at which moment each segment was sent
    this.states.draw(details.diagram);
    this.byte.draw(details.flows);
    this.goTo(this.here());
    this.stepper.forEach((each) => { each.disabled = false; });
    this.stage.classList.remove("unseen");
    this.tell(this.ladder.name);
  }

  showKnobs({ knobs, can }) {
    this.knobs.hidden = this.byte.details.hidden = can.knobs === false; // a page without a kernel cannot tell
    for (const { input, told, knob } of this.sliders) {
      input.value = knob.place(knobs[knob.name]);
      setWords(input, told, knob.words(knobs[knob.name]));
    }
    if (document.activeElement !== this.seed) this.seed.value = knobs.seed;
  }

  // ---------------------------------------------------------------- the frame, built once

  build(el) {
    this.root = frame(el, this.python, { class: "course-play", role: "group", "aria-label": "A ladder to play with" });
    this.buildBar(add(this.root, "div", { class: "bar" }));
    this.root.append(this.python.trouble);
    const body = add(this.root, "div", { class: "body" });
    this.stage = add(body, "div", { class: "stage", tabindex: 0, role: "group", "aria-label": "The ladder" }); // it is scrolled
    this.ladder = new Ladder(this.stage, {
      chosen: (name) => this.tell(name),
      pressed: (arrow) => this.openMenu(arrow),
      deleted: (name) => this.change({ do: "fault", kind: "drop", name }),
    });
    this.menu = new Menu(this.stage, () => this.ladder.focus());
    this.buildSide(add(body, "div", { class: "side" }));
    this.buildMore();
    this.status = announcer(this.root);
    this.root.addEventListener("pointerdown", (event) => this.menu.isOpen && !this.menu.box.contains(event.target) && this.menu.close());
  }

  buildBar(bar) {
    const session = group(bar, "What was changed");
    button(session, "reset", "Reset").onclick = () => this.change({ do: "reset" });
    this.undo = button(session, "undo", "Undo");
    this.undo.onclick = () => this.change({ do: "undo" });
    this.redo = button(session, "redo", "Redo");
    this.redo.onclick = () => this.change({ do: "redo" });
    this.buildStepper(bar);
    this.knobs = group(bar, "The network");
    this.sliders = KNOBS.map((knob) => this.slider(knob));
    this.seed = add(add(this.knobs, "label", {}, "seed "), "input", { type: "number", min: 0, step: 1 });
    this.seed.onchange = () => this.change({ do: "knob", name: "seed", value: Math.max(0, Math.round(Number(this.seed.value))) });
    this.buildCopies(bar);
  }

  buildCopies(bar) {
    const copies = group(bar, "To keep or to hand in");
    button(copies, "copy", "Copy as code").onclick = () => this.copy("code");
    this.json = button(copies, "copy", "Copy as JSON");
    this.json.onclick = () => this.copy("json");
    this.copied = add(copies, "span", { class: "quiet", role: "status" });
  }

  // While a knob is being turned the ladder follows; all of that is one step for Undo.
  slider(knob) {
    const label = add(this.knobs, "label", {}, `${knob.name} `);
    const input = add(label, "input", { type: "range", min: 0, ...knob.range });
    const told = add(label, "output", { "aria-hidden": "true" });
    const turn = () => this.change({ do: "knob", name: knob.name, value: knob.value(Number(input.value)), gesture: input.gesture });
    input.oninput = () => {
      input.gesture ??= unique("gesture");
      setWords(input, told, knob.words(knob.value(Number(input.value))));
      if (this.python.isIdle) turn();
    };
    input.onchange = () => { turn(); input.gesture = null; };
    return { input, told, knob };
  }

  buildStepper(bar) {
    const steps = group(bar, "The moment");
    const stepTo = (where) => () => { this.pause(); this.goTo(where()); this.ladder.show(this.answer.moments[this.here()].y); };
    button(steps, "first", "First").onclick = stepTo(() => 0);
    button(steps, "back", "Back").onclick = stepTo(() => this.here() - 1);
    this.playing = button(steps, "play", "Play");
    this.playing.onclick = () => (this.ticking ? this.pause() : this.start());
    button(steps, "next", "Next").onclick = stepTo(() => this.here() + 1);
    button(steps, "last", "Last").onclick = stepTo(() => this.last());
    this.scrub = add(steps, "input", { type: "range", min: 0, step: 1, "aria-label": "moment" });
    this.scrub.oninput = () => { this.pause(); this.goTo(Number(this.scrub.value)); };
    const label = add(steps, "label", {});
    this.hide = add(label, "input", { type: "checkbox" });
    label.append("hide what comes next");
    this.hide.onchange = () => this.goTo(this.hide.checked && this.moment === null ? 0 : this.here());
    this.stepper = steps.querySelectorAll("button, input");
    this.stepper.forEach((each) => { each.disabled = true; }); // until the moments are known
  }

  buildSide(side) {
    this.states = new States(add(side, "section", {}));
    this.values = new Moment(add(side, "section", { class: "values" }));
    this.told = add(side, "section", { class: "told" });
    this.segment = new Segment(this.told);
  }

  buildMore() {
    this.byte = new Byte(this.root, {
      asked: (message) => this.python.ask(message),
      told: (names) => this.ladder.mark(names),
      goTo: (after) => { this.pause(); this.goTo(this.answer.moments.findLastIndex((moment) => moment.after <= after)); },
    });
    this.table = add(this.root, "details", { class: "table" });
    add(this.table, "summary", {}, "The same run as a table");
    this.rows = add(this.table, "div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "The run as a table" });
    this.table.ontoggle = () => this.list();
    this.share = add(this.root, "details", { class: "share" });
    add(this.share, "summary", {}, "The line of Python that makes this scenario");
    this.code = add(this.share, "code", {});
  }

  async copy(kind) {
    const isCopied = await navigator.clipboard?.writeText(this.answer[kind]).then(() => true, () => false);
    this.copied.textContent = isCopied ? "Copied." : "The browser did not copy: it stands below.";
    if (isCopied) return;
    this.code.textContent = this.answer[kind];
    this.share.open = true;
  }

  // ---------------------------------------------------------------- one moment is chosen

  last() {
    return this.answer.moments.length - 1;
  }

  here() {
    return Math.min(this.moment ?? Infinity, this.last());
  }

  goTo(moment) {
    if (!this.answer?.moments?.length) return;
    const here = Math.min(Math.max(moment, 0), this.last());
    this.moment = here < this.last() ? here : null; // whoever stands at the end stays at the end
    const now = this.answer.moments[here];
    setAll(this.scrub, { max: this.last(), "aria-valuetext": now.time });
    this.scrub.value = here;
    const isLast = this.moment === null;
    this.ladder.standAt(isLast ? null : now.y, this.hide.checked && !isLast, (name) => this.sent.get(name) <= here);
    if (!isLast && now.name) this.ladder.chooseNamed(now.name);
    this.told.hidden = !this.ladder.isKnown(this.ladder.name); // what is hidden and not sent yet is not told of, either
    this.states.show(this.answer.moments.slice(0, here + 1));
    this.values.show(now, this.answer);
    this.byte.show(now.after, this.hide.checked);
    this.list();
  }

  start() {
    if (this.moment === null) this.goTo(0);
    this.ticking = setInterval(() => this.tick(), PACE);
    label(this.playing, "pause", "Pause");
  }

  tick() {
    if (this.moment === null) return this.pause();
    this.goTo(this.moment + 1);
    this.ladder.show(this.answer.moments[this.here()].y);
  }

  pause() {
    clearInterval(this.ticking);
    this.ticking = null;
    label(this.playing, "play", "Play");
  }

  leave() {
    this.pause();
  }

  // ---------------------------------------------------------------- one segment is chosen, and something becomes of it

  tell(name) {
    const said = this.answer?.segments?.[name];
    if (!said) return;
    const isNew = this.segment.name !== name || this.said !== said;
    this.segment.tell(name, said);
    this.said = said;
    if (isNew) this.python.ask({ do: "header", name });
  }

  openMenu({ name, label }) {
    const { can: { faults }, segments } = this.answer; // all faults, unless a page says which
    const isChanged = segments?.[name]?.faults.length !== 0;
    const fates = FATES.filter(({ kind }) => (kind !== "none" || isChanged) && (!faults || faults.includes(kind)));
    const scale = this.ladder.svg.getBoundingClientRect().width / this.answer.scene.width;
    const place = { x: label.x * scale, y: label.y * scale };
    this.menu.open(name, fates, place, (kind, seconds) => this.change({ do: "fault", kind, name, seconds }));
  }

  // ---------------------------------------------------------------- the same as a table

  list() {
    if (!this.table.open || !this.answer?.moments) return;
    const known = this.hide.checked ? this.answer.moments.slice(0, this.here() + 1) : this.answer.moments;
    this.rows.replaceChildren();
    const { children } = table(this.rows, ["ms", "who", "", "what"], known.map(({ line }) => line)).tBodies[0];
    const now = children[this.here()];
    now.setAttribute("aria-current", "true");
    this.rows.scrollTop = now.offsetTop - this.rows.clientHeight / 2;
  }
}

// ------------------------------------------------------------------ small things

const ICONS = {
  reset: "M3.5 8a4.7 4.7 0 1 0 1.6-3.5M5.2 1.5v3.2h3.2",
  undo: "M6 3L3 6l3 3M3 6h6a3.8 3.8 0 0 1 0 7.6H6",
  redo: "M10 3l3 3-3 3M13 6H7a3.8 3.8 0 0 0 0 7.6h3",
  first: "M4 3v10M12 3L6.5 8l5.5 5",
  back: "M10.5 3L5 8l5.5 5",
  play: "M5 2.5l8 5.5-8 5.5z",
  pause: "M5.5 3v10M10.5 3v10",
  next: "M5.5 3L11 8l-5.5 5",
  last: "M12 3v10M4 3l5.5 5L4 13",
  copy: "M6 5h7v9H6zM3 11V2h7",
};

function group(bar, name) {
  return add(bar, "div", { class: "group", role: "group", "aria-label": name });
}

function button(parent, icon, words) {
  const made = add(parent, "button", { type: "button" });
  draw(draw(made, "svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }), "path", {});
  add(made, "span", {});
  label(made, icon, words);
  return made;
}

function label(made, icon, words) {
  made.querySelector("path").setAttribute("d", ICONS[icon]);
  made.querySelector("span").textContent = words;
  made.title = words;
}

function setWords(input, told, words) {
  told.textContent = words;
  input.setAttribute("aria-valuetext", words);
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}

function nearest(rate) {
  const distance = (each) => Math.abs(Math.log(each ?? 1e12) - Math.log(rate ?? 1e12));
  return RATES.reduce((best, each, place) => (distance(each) < distance(RATES[best]) ? place : best), 0);
}

function rateWords(rate) {
  if (rate === null || rate === undefined) return "no limit";
  return rate < 1e6 ? `${rounded(rate / 1e3)} kbit/s` : `${rounded(rate / 1e6)} Mbit/s`;
}
