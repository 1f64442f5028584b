// The ladder: calls, segments and states on one time axis. A segment is a button: it is pressed to say what becomes of it.
// The segments are one stop of the Tab key; the arrow keys go from one to the next.

class Ladder {
  constructor(stage, { chosen, pressed, deleted }) {
    this.on = { chosen, pressed, deleted };
    this.groups = new Map(); // of the segments, by name and copy: one that has the focus must stay when all is drawn anew
    this.chosen = null;
    this.marked = new Set();
    this.svg = draw(stage, "svg", { class: "ladder", role: "group" });
    this.ground = draw(this.svg, "g", { "aria-hidden": "true" }); // the table tells it better
    this.arrows = draw(this.svg, "g", {});
    this.texts = draw(this.svg, "g", { "aria-hidden": "true" });
    this.veil = draw(this.svg, "rect", { class: "veil", x: 0, width: "100%", visibility: "hidden" });
    this.now = draw(this.svg, "line", { class: "now", x1: 0 });
    this.svg.addEventListener("keydown", (event) => this.key(event));
  }

  // ---------------------------------------------------------------- the drawing

  draw(scene) {
    this.scene = scene;
    const { width, height } = scene;
    setAll(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.svg.style.minWidth = `${Math.min(width, 620)}px`; // below that nothing could be read: it is scrolled
    this.drawGround(scene);
    this.drawArrows(scene.arrows);
    this.drawTexts(scene);
  }

  drawGround(scene) {
    const ground = document.createDocumentFragment();
    for (const { y } of scene.ticks) line(ground, [[scene.left, y], [scene.right, y]], "grid", { "stroke-width": 1 });
    for (const gap of scene.breaks) wave(ground, scene.left, scene.right, gap.y);
    for (const { x, top, bottom } of scene.lifelines) line(ground, [[x, top], [x, bottom]], "edge", { "stroke-width": 1.2 });
    for (const band of scene.bands) box(ground, band, band.hollow ? "paper" : band.role, 2.5);
    for (const call of scene.calls) box(ground, call, "box", 4);
    this.ground.replaceChildren(ground);
  }

  drawTexts(scene) {
    const texts = document.createDocumentFragment();
    const labels = [
      ...scene.headings, ...scene.notes,
      ...[...scene.lifelines, ...scene.bands, ...scene.ticks].map((mark) => mark.label),
      ...scene.calls.flatMap((call) => [call.call, call.result]), ...scene.breaks.flatMap((gap) => gap.labels),
    ];
    for (const label of labels) if (label) text(texts, label);
    this.texts.replaceChildren(texts);
  }

  drawArrows(arrows) {
    const groups = new Map();
    let before = null; // the group that has just been put in its place
    for (const arrow of arrows) {
      const key = `${arrow.name}/${arrow.copy}`;
      const group = this.groups.get(key) || this.build(key);
      groups.set(key, group);
      put(this.arrows, group, before ? before.nextSibling : this.arrows.firstChild);
      this.drawArrow(group, arrow);
      before = group;
    }
    for (const [key, group] of this.groups) if (!groups.has(key)) group.remove();
    this.groups = groups;
    if (!groups.has(this.chosen)) this.chosen = groups.keys().next().value || null;
    this.choose(this.chosen);
  }

  build(key) {
    const group = draw(this.arrows, "g", { class: "segment", role: "button", "aria-haspopup": "menu", tabindex: -1 });
    group.onclick = () => { this.choose(key, true); this.on.pressed(key, group.arrow); };
    group.onfocus = () => this.chosen !== key && this.choose(key);
    return group;
  }

  // Most segments are as they were before: only what has changed is drawn.
  drawArrow(group, arrow) {
    const drawn = JSON.stringify(arrow);
    if (group.drawn === drawn) return;
    Object.assign(group, { drawn, arrow });
    const { points, role, end, label, fate } = arrow;
    group.replaceChildren();
    group.setAttribute("aria-label", [arrow.name, label.text, fate && fate.text].filter(Boolean).join(", "));
    line(group, points, "opening", { class: "hit" });
    const dashes = end === "lost" ? { "stroke-dasharray": "5 3" } : {};
    line(group, points, role, { "stroke-width": 1.6, ...dashes }).classList.add("way");
    arrowEnd(group, points, end, role);
    text(group, label);
    if (fate) text(group, fate);
  }

  // ---------------------------------------------------------------- what is chosen, what is marked, what is hidden

  choose(key, focus = false) {
    const before = this.groups.get(this.chosen);
    const group = this.groups.get(key);
    before?.setAttribute("tabindex", "-1");
    before?.classList.remove("chosen");
    group?.setAttribute("tabindex", "0");
    group?.classList.add("chosen");
    this.chosen = key;
    if (focus) group?.focus();
    this.on.chosen(this.name);
  }

  get name() {
    return this.chosen && this.chosen.split("/")[0]; // of the transmission, whichever copy it is
  }

  chooseNamed(name) {
    if (name !== this.name && this.groups.has(`${name}/1`)) this.choose(`${name}/1`);
  }

  focus() {
    this.groups.get(this.chosen)?.focus({ preventScroll: true });
  }

  mark(names) {
    for (const [key, group] of this.groups) group.classList.toggle("marked", names.has(key.split("/")[0]));
  }

  // A line at the moment, unless it is null. What comes later may be hidden, also from the mouse and from the keyboard:
  // `isKnown` says of each segment whether it has been sent by then.
  standAt(y, hides, isKnown) {
    const { width, height, alternative } = this.scene;
    this.svg.setAttribute("aria-label", hides ? "The ladder up to this moment" : alternative);
    setAll(this.now, { x2: width, y1: y ?? 0, y2: y ?? 0, visibility: y === null ? "hidden" : "visible" });
    setAll(this.veil, { y: (y ?? 0) + 1, height, visibility: hides ? "visible" : "hidden" });
    for (const group of this.groups.values()) group.style.visibility = hides && !isKnown(group.arrow.name) ? "hidden" : "";
    const [first] = this.groups.keys();
    if (this.groups.get(this.chosen)?.style.visibility === "hidden") this.choose(first);
  }

  show(y) {
    const { top, height } = this.svg.getBoundingClientRect();
    const stage = this.svg.parentNode;
    const place = (y / this.scene.height) * height + top - stage.getBoundingClientRect().top;
    if (place < 40 || place > stage.clientHeight - 40) stage.scrollTop += place - stage.clientHeight / 2;
  }

  // ---------------------------------------------------------------- the keyboard

  key(event) {
    const keys = [...this.groups].filter(([, group]) => group.style.visibility !== "hidden").map(([key]) => key);
    const at = keys.indexOf(this.chosen);
    const moves = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: keys.length - 1 };
    if (event.key in moves) this.choose(keys[Math.min(Math.max(moves[event.key], 0), keys.length - 1)], true);
    else if (event.key === "Enter" || event.key === " ") this.groups.get(this.chosen).onclick();
    else if (event.key === "Delete" || event.key === "Backspace") this.on.deleted(this.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// Put an element at its place among its siblings; one that stands there already is not touched, so that it keeps the focus.
function put(parent, element, place) {
  if (element === place) return;
  const hadFocus = document.activeElement === element;
  parent.insertBefore(element, place);
  if (hadFocus) element.focus({ preventScroll: true });
}
