// The ladder that one plays with. Python decides what happens and where everything stands; this file draws it with SVG,
// and asks Python for the next step. It is written to be read: from top to bottom it is what a student does.

const SVG = "http://www.w3.org/2000/svg";
const PATIENCE = 1000; // milliseconds without an answer until the student is told
const HEAD = { length: 12, width: 4.6 };
const CROSS = 5.5;
const ANCHOR = { start: "start", middle: "middle", end: "end" };

const MENU = [
  ["drop", "lose it"],
  ["delay", "delay it by …", "seconds later", 0.5],
  ["duplicate", "let it arrive twice"],
  ["corrupt", "damage it"],
  ["hold", "hold it back until …", "at which second", 1],
  ["none", "let it pass"],
];

export default { render };

function render({ model, el }) {
  const view = new View(model, el);
  model.on("msg:custom", view.hear);
  view.ask({ do: "show" });
  return () => {
    view.pause();
    model.off("msg:custom", view.hear);
  };
}

class View {
  constructor(model, el) {
    this.model = model;
    this.serial = 0;
    this.groups = new Map(); // the SVG groups of the segments, by name: one that has the focus must stay
    this.chosen = null; // the name of the segment that the arrow keys stand on
    this.hear = this.hear.bind(this);
    this.build(el);
  }

  // ---------------------------------------------------------------- what is asked, and what is answered

  ask(message) {
    this.serial += 1;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.complain("The kernel has not answered yet. It may be busy with a cell, or gone: run the cell again."), PATIENCE);
    this.model.send({ ...message, serial: this.serial });
  }

  hear(answer) {
    if (answer.serial === this.serial) clearTimeout(this.waiting);
    this.complain(answer.error || "");
    if (!answer.scene) return;
    this.answer = answer;
    this.draw(answer.scene);
    this.undo.disabled = !answer.can.undo;
    this.redo.disabled = !answer.can.redo;
    this.knobs.hidden = answer.can.knobs === false; // a page without a kernel cannot turn them
    set(this.delay, answer.knobs.delay * 1000);
    set(this.loss, answer.knobs.loss * 100);
    set(this.seed, answer.knobs.seed);
    this.delayTold.textContent = `${Math.round(answer.knobs.delay * 1000)} ms`;
    this.lossTold.textContent = `${Math.round(answer.knobs.loss * 100)} %`;
    this.goTo(this.here());
    this.tell();
    if (this.table.open) this.list();
    if (answer.scene.alternative !== this.heard) this.status.textContent = summary(answer);
    this.heard = answer.scene.alternative;
  }

  complain(text) {
    this.trouble.textContent = text;
  }

  // ---------------------------------------------------------------- the frame, built once

  build(el) {
    this.root = add(el, "div", { class: "course-play" });
    const bar = add(this.root, "div", { class: "bar", role: "toolbar", "aria-label": "What happens in the network" });
    add(bar, "button", { type: "button" }, "Reset").onclick = () => this.ask({ do: "reset" });
    this.undo = add(bar, "button", { type: "button" }, "Undo");
    this.undo.onclick = () => this.ask({ do: "undo" });
    this.redo = add(bar, "button", { type: "button" }, "Redo");
    this.redo.onclick = () => this.ask({ do: "redo" });
    this.knobs = add(bar, "span", { class: "knobs" });
    [this.delay, this.delayTold] = this.slider(this.knobs, "delay", { min: 0, max: 500, step: 5 }, (value) => this.knob("delay", value / 1000));
    [this.loss, this.lossTold] = this.slider(this.knobs, "loss", { min: 0, max: 50, step: 1 }, (value) => this.ask({ do: "loss", value: value / 100 }));
    const seed = add(this.knobs, "label", {}, "seed ");
    this.seed = add(seed, "input", { type: "number", min: 0, step: 1 });
    this.seed.onchange = () => this.knob("seed", Math.max(0, Math.round(Number(this.seed.value))));
    this.stepper(bar);
    this.copy = add(bar, "button", { type: "button" }, "Copy as code");
    this.copy.onclick = () => this.copyCode();
    this.trouble = add(this.root, "div", { class: "trouble", role: "alert" });
    const body = add(this.root, "div", { class: "body" });
    this.stage = add(body, "div", { class: "stage" });
    const side = add(body, "div", { class: "side" });
    this.diagram = draw(side, "svg", { class: "diagram", role: "img" });
    this.svg = draw(this.stage, "svg", { role: "group" });
    this.ground = draw(this.svg, "g", {});
    this.arrows = draw(this.svg, "g", {});
    this.texts = draw(this.svg, "g", {});
    this.veil = draw(this.svg, "rect", { class: "veil", x: 0, width: "100%" });
    this.now = draw(this.svg, "line", { class: "now", x1: 0 });
    this.values = add(side, "div", { class: "values" });
    this.told = add(side, "div", { class: "told" });
    this.table = add(this.root, "details", {});
    add(this.table, "summary", {}, "The same run as a table");
    this.table.ontoggle = () => this.list();
    this.rows = add(this.table, "div", {});
    this.status = add(this.root, "div", { class: "silent", role: "status", "aria-live": "polite" });
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.closeMenu());
    this.root.addEventListener("keydown", keep);
    this.root.addEventListener("pointerdown", (event) => this.menu && !this.menu.contains(event.target) && this.closeMenu());
  }

  slider(bar, name, range, changed) {
    const label = add(bar, "label", {}, `${name} `);
    const input = add(label, "input", { type: "range", ...range });
    const told = add(label, "span", {});
    input.onchange = () => changed(Number(input.value));
    return [input, told];
  }

  stepper(bar) {
    const steps = { First: () => 0, Back: () => this.here() - 1, Next: () => this.here() + 1, Last: () => this.last() };
    for (const [name, where] of Object.entries(steps)) {
      add(bar, "button", { type: "button" }, name).onclick = () => { this.pause(); this.goTo(where()); };
      if (name === "Back") this.playing = add(bar, "button", { type: "button", "aria-pressed": "false" }, "Play");
    }
    this.playing.onclick = () => (this.ticking ? this.pause() : this.start());
    const label = add(bar, "label", {});
    this.hide = add(label, "input", { type: "checkbox" });
    label.append(" hide what comes next");
    this.hide.onchange = () => this.goTo(this.here());
  }

  knob(name, value) {
    this.ask({ do: "knob", name, value });
  }

  async copyCode() {
    const copied = await navigator.clipboard?.writeText(this.answer.code).then(() => true, () => false);
    this.status.textContent = copied ? "The scenario is in the clipboard, as a line of Python." : "Copy the line below the picture.";
    this.told.replaceChildren();
    add(this.told, "p", {}, copied ? "Copied. This line makes the same scenario:" : "This line makes the same scenario:");
    add(this.told, "code", {}, this.answer.code);
  }

  // ---------------------------------------------------------------- the drawing

  draw(scene) {
    this.svg.setAttribute("viewBox", `0 0 ${scene.width} ${scene.height}`);
    this.svg.setAttribute("width", scene.width);
    this.svg.setAttribute("height", scene.height);
    this.svg.setAttribute("class", scene.width > 1250 ? "wide" : "");
    this.svg.setAttribute("aria-label", scene.alternative);
    this.drawGround(scene);
    this.drawArrows(scene.arrows);
    this.drawTexts(scene);
  }

  drawGround(scene) {
    this.ground.replaceChildren();
    for (const tick of scene.ticks) line(this.ground, [[scene.left, tick.y], [scene.right, tick.y]], "grid", 1);
    for (const gap of scene.breaks) wave(this.ground, scene.left, scene.right, gap.y);
    for (const host of scene.lifelines) line(this.ground, [[host.x, host.top], [host.x, host.bottom]], "edge", 1.2);
    for (const band of scene.bands) box(this.ground, band, band.hollow ? "paper" : band.role, 2.5);
    for (const call of scene.calls) box(this.ground, call, "box", 4);
  }

  drawArrows(arrows) {
    const names = new Set();
    for (const arrow of arrows) {
      const key = `${arrow.name}/${arrow.copy}`;
      names.add(key);
      const group = this.groups.get(key) || draw(this.arrows, "g", { class: "segment" });
      this.groups.delete(key); // so that the arrow keys go in the order of the arrows
      this.groups.set(key, group);
      if (group.parentNode !== this.arrows || group !== this.arrows.children[names.size - 1]) {
        this.moveWithFocus(group, this.arrows.children[names.size - 1] || null);
      }
      this.drawArrow(group, arrow);
    }
    for (const [key, group] of this.groups) {
      if (names.has(key)) continue;
      group.remove();
      this.groups.delete(key);
    }
    if (!this.groups.has(this.chosen)) this.chosen = this.groups.keys().next().value || null;
    this.choose(this.chosen, false);
  }

  moveWithFocus(group, before) {
    const hadFocus = document.activeElement === group;
    this.arrows.insertBefore(group, before);
    if (hadFocus) group.focus({ preventScroll: true });
  }

  drawArrow(group, arrow) {
    group.replaceChildren();
    group.dataset.top = arrow.points[0][1];
    const said = this.answer.segments[arrow.name];
    group.setAttribute("role", "button");
    group.setAttribute("aria-haspopup", "menu");
    group.setAttribute("aria-label", [arrow.name, arrow.label.text, arrow.fate && arrow.fate.text].filter(Boolean).join(", "));
    group.onclick = () => { this.choose(`${arrow.name}/${arrow.copy}`, true); this.openMenu(arrow, said); };
    group.onfocus = () => this.choose(`${arrow.name}/${arrow.copy}`, false);
    const path = draw(group, "polyline", { points: arrow.points.map((point) => point.join(",")).join(" "), fill: "none", "stroke-width": 1.6 });
    path.style.stroke = `var(--${arrow.role})`;
    const end = arrow.points.at(-1);
    const before = arrow.points.at(-2);
    const angle = Math.atan2(end[1] - before[1], end[0] - before[0]);
    if (arrow.end === "lost") path.setAttribute("stroke-dasharray", "5 3");
    if (arrow.end === "lost") cross(group, end, arrow.role);
    if (arrow.end === "arrived") head(group, end, angle, arrow.role);
    text(group, arrow.label);
    if (arrow.fate) text(group, arrow.fate);
    draw(group, "polyline", { class: "hit", points: path.getAttribute("points") });
  }

  drawTexts(scene) {
    this.texts.replaceChildren();
    const labels = [
      ...scene.headings, ...scene.notes,
      ...scene.lifelines.map((host) => host.label), ...scene.bands.map((band) => band.label), ...scene.ticks.map((tick) => tick.label),
      ...scene.calls.flatMap((call) => [call.call, call.result]), ...scene.breaks.flatMap((gap) => gap.labels),
    ];
    for (const label of labels) if (label) text(this.texts, label);
  }

  // ---------------------------------------------------------------- one moment is chosen

  last() {
    return this.answer ? this.answer.moments.length - 1 : 0;
  }

  here() {
    return this.moment ?? this.last();
  }

  goTo(moment) {
    if (!this.answer || !this.answer.moments.length) return;
    const here = Math.min(Math.max(moment, 0), this.last());
    this.moment = here < this.last() ? here : null; // whoever stands at the end stays at the end
    const { y } = this.answer.moments[here];
    const { width, height } = this.answer.scene;
    const rest = this.moment === null ? 0 : height - y;
    setAll(this.now, { x2: width, y1: y, y2: y, visibility: rest ? "visible" : "hidden" });
    setAll(this.veil, { y: y + 1, height: rest, visibility: rest && this.hide.checked ? "visible" : "hidden" });
    for (const group of this.groups.values()) group.style.pointerEvents = this.hide.checked && rest && Number(group.dataset.top) > y ? "none" : "";
    this.showStates(this.answer.moments.slice(0, here + 1));
    this.showValues(this.answer.moments[here]);
  }

  // The state diagram: where each host is at this moment, and the ways that were gone so far.
  showStates(moments) {
    const { states, edges } = this.answer.diagram;
    const half = [102, 23]; // larger than on paper, since the diagram is drawn small
    const hosts = new Map();
    const connected = new Set(); // whose listener says no more than its connection does
    const gone = new Set();
    for (const { host, change, listens } of moments) {
      if (!change) continue;
      if (!listens) connected.add(host);
      if (!listens || !connected.has(host)) hosts.set(host, change[1]);
      gone.add(change.join(">"));
    }
    setAll(this.diagram, { viewBox: "105 -64 800 754", "aria-label": [...hosts].map((pair) => pair.join(": ")).join(", ") || "no connection yet" });
    this.diagram.replaceChildren();
    for (const edge of edges) {
      const bend = edge.bend ? `Q${edge.bend}` : "L";
      const path = draw(this.diagram, "path", { d: `M${edge.start}${bend} ${edge.end}`, fill: "none" });
      path.style.stroke = gone.has(`${edge.from}>${edge.to}`) ? "var(--opening)" : "var(--edge)";
      path.style.strokeWidth = gone.has(`${edge.from}>${edge.to}`) ? 5 : 2;
    }
    for (const [state, [x, y]] of Object.entries(states)) {
      const here = [...hosts].filter((pair) => pair[1] === state).map((pair) => pair[0]);
      const plate = draw(this.diagram, "rect", { x: x - half[0], y: y - half[1], width: 2 * half[0], height: 2 * half[1], rx: 7 });
      plate.style.fill = here.length ? "var(--band-opening)" : "var(--paper)";
      plate.style.stroke = here.length ? "var(--opening)" : "var(--edge)";
      plate.style.strokeWidth = here.length ? 4 : 1.5;
      const label = { x, y, font: { size: 24, bold: here.length > 0 }, role: here.length ? "ink" : "muted", anchor: "middle" };
      text(this.diagram, { ...label, text: state });
      const beside = state === "CLOSED" ? -half[1] - 18 : half[1] + 18; // below CLOSED there are too many ways
      if (here.length) text(this.diagram, { ...label, y: y + beside, text: here.join(", "), font: { size: 24, bold: true }, role: "opening", halo: true });
    }
  }

  showValues(moment) {
    const [at, who, what, rest] = moment.line;
    this.values.replaceChildren();
    add(this.values, "p", {}, `At ${at} ms: ${who} ${what} ${rest}`);
    const ends = new Map(); // for each host what it said last; what the moment itself leads to counts already
    let own = null;
    for (const sample of this.answer.variables) {
      if (sample.after <= moment.after) ends.set(sample.host, sample.values);
      else if (sample.host === moment.host && sample.at === moment.at) own ??= sample.values;
    }
    if (own) ends.set(moment.host, own);
    const hosts = [...new Set(this.answer.variables.map((sample) => sample.host))];
    if (!ends.size) return;
    const table = add(this.values, "table", {});
    const top = add(add(table, "thead", {}), "tr", {});
    for (const title of ["", ...hosts]) add(top, "th", { scope: "col" }, title);
    const body = add(table, "tbody", {});
    for (const name of Object.keys([...ends.values()][0])) {
      const row = add(body, "tr", {});
      add(row, "th", { scope: "row" }, name);
      for (const host of hosts) add(row, "td", {}, ends.has(host) ? ends.get(host)[name] : "–");
    }
  }

  start() {
    if (this.here() >= this.last()) this.goTo(0);
    this.ticking = setInterval(() => (this.here() < this.last() ? this.goTo(this.here() + 1) : this.pause()), 500);
    this.playing.textContent = "Pause";
    this.playing.setAttribute("aria-pressed", "true");
  }

  pause() {
    clearInterval(this.ticking);
    this.ticking = null;
    this.playing.textContent = "Play";
    this.playing.setAttribute("aria-pressed", "false");
  }

  // ---------------------------------------------------------------- one segment is chosen

  choose(key, focus) {
    for (const [each, group] of this.groups) {
      group.setAttribute("tabindex", each === key ? "0" : "-1");
      group.classList.toggle("chosen", each === key);
    }
    this.chosen = key;
    if (focus && this.groups.has(key)) this.groups.get(key).focus();
    this.tell();
  }

  tell() {
    const name = this.chosen && this.chosen.split("/")[0];
    const said = name && this.answer && this.answer.segments[name];
    this.told.replaceChildren();
    if (!said) return;
    add(this.told, "p", {}, `${name}: ${said.what}`);
    const why = add(this.told, "p", {}, said.why ? `Why was this sent? ${upper(said.why)}. ` : "");
    if (said.clause) add(why, "span", { class: "clause" }, said.clause);
    for (const fault of said.faults) add(this.told, "p", {}, `You chose: ${fault}`);
  }

  key(event) {
    const keys = [...this.groups.keys()];
    const at = keys.indexOf(this.chosen);
    const moves = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: keys.length - 1 };
    const group = this.groups.get(this.chosen);
    if (event.key in moves) this.choose(keys[Math.min(Math.max(moves[event.key], 0), keys.length - 1)], true);
    else if (event.key === "Enter" || event.key === " ") group.onclick();
    else if (event.key === "Delete" || event.key === "Backspace") this.fault("drop");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  fault(kind, seconds) {
    const said = this.answer.segments[this.chosen.split("/")[0]];
    this.ask({ do: "fault", kind, host: said.host, n: said.n, seconds });
  }

  // ---------------------------------------------------------------- the menu of a segment

  openMenu(arrow, said) {
    this.closeMenu();
    this.menu = add(this.stage, "div", { class: "menu", role: "menu", "aria-label": `What becomes of ${arrow.name}?` });
    const scale = this.svg.getBoundingClientRect().width / this.svg.viewBox.baseVal.width;
    this.menu.style.left = `${Math.max(0, arrow.label.x * scale - 70)}px`;
    this.menu.style.top = `${arrow.label.y * scale + 14}px`;
    const { faults } = this.answer.can; // all of them, unless a page says which
    for (const [kind, words, question, least] of MENU) {
      if (kind === "none" && !said.faults.length) continue;
      if (faults && !faults.includes(kind)) continue;
      const item = add(this.menu, "button", { type: "button", role: "menuitem" }, words);
      item.onclick = () => (question ? this.askSeconds(item, kind, question, least) : this.done(kind));
    }
    this.menu.addEventListener("keydown", (event) => this.menuKey(event));
    this.menu.firstChild.focus();
  }

  menuKey(event) {
    if (!this.menu) return; // a key has just closed it
    const items = [...this.menu.querySelectorAll("button, input")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") this.closeMenu();
    if (!step || event.target.tagName === "INPUT") return;
    items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
    event.preventDefault();
  }

  askSeconds(item, kind, question, least) {
    const label = document.createElement("label");
    label.textContent = `${question} `;
    const input = add(label, "input", { type: "number", min: 0, step: 0.05, value: least });
    input.addEventListener("keydown", (event) => event.key === "Enter" && this.done(kind, Number(input.value)));
    item.replaceWith(label);
    input.focus();
    input.select();
  }

  done(kind, seconds) {
    this.closeMenu();
    this.fault(kind, seconds);
  }

  closeMenu() {
    if (!this.menu) return;
    this.menu.remove();
    this.menu = null;
    if (this.groups.has(this.chosen)) this.groups.get(this.chosen).focus({ preventScroll: true });
  }

  // ---------------------------------------------------------------- the same as a table

  list() {
    this.rows.replaceChildren();
    if (!this.table.open || !this.answer) return;
    const table = add(this.rows, "table", {});
    const top = add(add(table, "thead", {}), "tr", {});
    for (const title of ["ms", "who", "", "what"]) add(top, "th", { scope: "col" }, title);
    const body = add(table, "tbody", {});
    for (const { line } of this.answer.moments) {
      const tr = add(body, "tr", {});
      for (const cell of line) add(tr, "td", {}, cell);
    }
  }
}

// ------------------------------------------------------------------ small things

// A letter typed in the widget is no command to JupyterLab; Shift and Enter, or Control and a letter, still are.
function keep(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
}

function add(parent, name, attributes, words) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (words !== undefined) element.textContent = words;
  return parent.appendChild(element);
}

function draw(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return parent.appendChild(element);
}

function setAll(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
}

function set(input, value) {
  if (document.activeElement !== input || input.type === "range") input.value = value;
}

function upper(sentence) {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function summary(answer) {
  return answer.scene.alternative.split(". ").slice(0, 1).join(". ");
}

function line(parent, points, role, width) {
  const path = draw(parent, "polyline", { points: points.map((point) => point.join(",")).join(" "), fill: "none", "stroke-width": width });
  path.style.stroke = `var(--${role})`;
}

function wave(parent, left, right, y) {
  let path = `M${left},${y}`;
  for (let x = left; x < right; x += 14) path += `q3.5,-3 7,0t7,0`;
  const drawn = draw(parent, "path", { d: path, fill: "none", "stroke-width": 1, "stroke-dasharray": "1.2 2.6" });
  drawn.style.stroke = "var(--muted)";
}

function box(parent, mark, role, radius) {
  const drawn = draw(parent, "rect", { x: mark.x, y: mark.top, width: mark.width, height: Math.max(mark.bottom - mark.top, 0.5), rx: radius, "stroke-width": 0.8 });
  drawn.style.fill = `var(--${role.replaceAll(" ", "-")})`;
  drawn.style.stroke = "var(--edge)";
}

function head(parent, [x, y], angle, role) {
  const drawn = draw(parent, "path", { d: `M0,0L${-HEAD.length},${HEAD.width}L${-HEAD.length},${-HEAD.width}Z`, transform: `translate(${x},${y}) rotate(${(angle * 180) / Math.PI})` });
  drawn.style.fill = `var(--${role})`;
}

function cross(parent, [x, y], role) {
  const drawn = draw(parent, "path", { d: `M${x - CROSS},${y - CROSS}l${2 * CROSS},${2 * CROSS}m0,${-2 * CROSS}l${-2 * CROSS},${2 * CROSS}`, fill: "none", "stroke-width": 2 });
  drawn.style.stroke = `var(--${role})`;
}

function text(parent, label) {
  const drawn = draw(parent, "text", { x: label.x, y: label.y, "font-size": label.font.size, "text-anchor": ANCHOR[label.anchor], "dominant-baseline": "central" });
  if (label.angle) drawn.setAttribute("transform", `rotate(${label.angle} ${label.x} ${label.y})`);
  drawn.style.fill = `var(--${label.role})`;
  drawn.style.fontWeight = label.font.bold ? "bold" : "normal";
  drawn.style.fontFamily = label.font.mono ? "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" : "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
  drawn.style.whiteSpace = "pre";
  if (label.halo) { drawn.style.paintOrder = "stroke"; drawn.style.stroke = "var(--paper)"; drawn.style.strokeWidth = "4px"; }
  drawn.textContent = label.text;
}
