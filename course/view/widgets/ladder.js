// The ladder: calls, segments and states on one time axis. A segment is a button: it is pressed to say what becomes of it.
// The segments are one stop of the Tab key; the arrow keys go from one to the next. Of a long ladder only what is in sight
// is drawn, and a screen more on either side.

class Ladder {
  constructor(stage, { chosen, pressed, deleted }) {
    this.on = { chosen, pressed, deleted };
    this.stage = stage;
    this.sight = { top: 0, height: 1200, scale: 1 }; // which part of the stage is seen, and how many pixels a unit has
    this.groups = new Map(); // of the segments, by key: one that has the focus must stay when all is drawn anew
    this.arrows = new Map(); // all segments of the scene, by key: name and copy
    this.chosen = null;
    this.marked = new Set();
    this.isKnown = () => true;
    this.svg = draw(stage, "svg", { class: "ladder", role: "group" });
    this.ground = draw(this.svg, "g", { "aria-hidden": "true" }); // the table tells it better
    this.middle = draw(this.svg, "g", {});
    this.texts = draw(this.svg, "g", { "aria-hidden": "true" });
    this.veil = draw(this.svg, "rect", { class: "veil", x: 0, width: "100%", visibility: "hidden" });
    this.now = draw(this.svg, "line", { class: "now", x1: 0 });
    this.svg.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("scroll", () => this.look());
    new ResizeObserver(() => this.look()).observe(stage);
  }

  // ---------------------------------------------------------------- the drawing

  draw(scene) {
    this.scene = scene;
    this.arrows = new Map(scene.arrows.map((arrow) => [`${arrow.name}/${arrow.copy}`, arrow]));
    if (!this.arrows.has(this.chosen)) this.chosen = this.arrows.keys().next().value ?? null;
    const { width, height } = scene;
    setAll(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.svg.style.minWidth = `${(width * 2) / 3}px`; // smaller letters could not be read: it is scrolled
    this.drawSight();
    this.choose(this.chosen);
  }

  // Somebody has scrolled, or the window has another size: is something in sight that is not drawn?
  look() {
    if (!this.scene || !this.stage.clientHeight) return;
    const { scrollTop, clientHeight } = this.stage;
    this.sight = { top: scrollTop, height: clientHeight, scale: this.svg.clientWidth / this.scene.width || 1 };
    const [top, bottom] = this.range(0.3);
    if (top < this.drawn[0] || bottom > this.drawn[1]) this.drawSight();
  }

  // From which height to which one sees, and so many screens more.
  range(more) {
    const { top, height, scale } = this.sight;
    return [Math.max((top - more * height) / scale, 0), (top + (1 + more) * height) / scale];
  }

  // Down to where the next picture is needed at once: what is in sight, and the segment that has the focus.
  get bottom() {
    return Math.max(this.range(1)[1], this.arrows.get(this.chosen)?.points[0][1] ?? 0);
  }

  drawSight() {
    const { scene } = this;
    const [top, bottom] = (this.drawn = this.range(1));
    const seen = (marks, of) => marks.filter((mark) => of(mark)[0] <= bottom && of(mark)[1] >= top);
    const bands = seen(scene.bands, (band) => [band.top - 20, band.bottom + 20]);
    const calls = seen(scene.calls, (call) => [call.top, call.bottom]);
    const ticks = seen(scene.ticks, ({ y }) => [y, y]);
    const breaks = seen(scene.breaks, ({ y }) => [y - 30, y + 30]);
    this.drawGround({ ...scene, bands, calls, ticks, breaks });
    this.drawArrows([...this.arrows].filter(([key, arrow]) => key === this.chosen || seen([arrow], reach).length));
    const labels = [
      ...scene.headings, ...scene.notes, ...[...scene.lifelines, ...scene.middles, ...bands, ...ticks].map((mark) => mark.label),
      ...calls.flatMap(({ call, result }) => [call, result]), ...breaks.flatMap((gap) => gap.labels),
    ];
    const texts = document.createDocumentFragment();
    for (const label of labels) if (label) text(texts, label);
    this.texts.replaceChildren(texts);
  }

  drawGround({ left, right, ticks, breaks, lifelines, middles, bands, calls }) {
    const ground = document.createDocumentFragment();
    for (const { y } of ticks) line(ground, [[left, y], [right, y]], "grid", { "stroke-width": 1 });
    for (const { y } of breaks) wave(ground, left, right, y);
    for (const { x, top, bottom } of lifelines) line(ground, [[x, top], [x, bottom]], "edge", { "stroke-width": 1.2 });
    for (const { x, top, bottom } of middles) {
      line(ground, [[x, top], [x, bottom]], "edge", { "stroke-width": 1.2, "stroke-dasharray": "4 3" });
    }
    for (const band of bands) box(ground, band, band.hollow ? "paper" : band.role, 2.5);
    for (const call of calls) box(ground, call, "box", 4);
    this.ground.replaceChildren(ground);
  }

  drawArrows(arrows) {
    const groups = new Map();
    let before = null; // the group that has just been put in its place
    for (const [key, arrow] of arrows) {
      const group = this.groups.get(key) || this.build(key);
      groups.set(key, group);
      put(this.middle, group, before ? before.nextSibling : this.middle.firstChild);
      this.drawArrow(group, arrow);
      this.dress(group);
      before = group;
    }
    for (const [key, group] of this.groups) if (!groups.has(key)) group.remove();
    this.groups = groups;
  }

  build(key) {
    const group = draw(this.middle, "g", { class: "segment", role: "button", "aria-haspopup": "menu" });
    group.key = key;
    group.onclick = () => { this.choose(key, true); this.on.pressed(group.arrow); };
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

  // Whether it is chosen, carries the octet that is looked for, and is known by now.
  dress(group) {
    const isChosen = group.key === this.chosen;
    group.setAttribute("tabindex", isChosen ? "0" : "-1");
    group.classList.toggle("chosen", isChosen);
    group.classList.toggle("marked", this.marked.has(group.arrow.name));
    group.style.visibility = this.isKnown(group.arrow.name) ? "" : "hidden";
  }

  // ---------------------------------------------------------------- what is chosen, what is marked, what is hidden

  get name() {
    return this.arrows.get(this.chosen)?.name; // of the transmission, whichever copy it is
  }

  choose(key, focus = false) {
    const before = this.groups.get(this.chosen);
    this.chosen = key;
    if (before) this.dress(before);
    if (key && !this.groups.has(key)) this.drawSight();
    const group = this.groups.get(key);
    if (group) this.dress(group);
    if (focus) group?.focus();
    this.on.chosen(this.name);
  }

  chooseNamed(name) {
    if (name !== this.name && this.arrows.has(`${name}/1`)) this.choose(`${name}/1`);
  }

  focus() {
    this.groups.get(this.chosen)?.focus({ preventScroll: true });
  }

  mark(names) {
    this.marked = names;
    for (const group of this.groups.values()) this.dress(group);
  }

  // A line at the moment, unless it is null. What comes later may be hidden, also from the mouse and from the keyboard:
  // `isKnown` says of each segment whether it has been sent by then.
  standAt(y, hides, isKnown) {
    const { width, height, alternative } = this.scene;
    this.isKnown = hides ? isKnown : () => true;
    this.svg.setAttribute("aria-label", hides ? "The ladder up to this moment" : alternative);
    setAll(this.now, { x2: width, y1: y ?? 0, y2: y ?? 0, visibility: y === null ? "hidden" : "visible" });
    setAll(this.veil, { y: (y ?? 0) + 1, height, visibility: hides ? "visible" : "hidden" });
    for (const group of this.groups.values()) this.dress(group);
    if (this.name && !this.isKnown(this.name)) this.choose(this.arrows.keys().next().value);
  }

  show(y) {
    const { top, height, scale } = this.sight;
    const place = y * scale - top;
    if (place < 40 || place > height - 40) this.stage.scrollTop = y * scale - height / 2;
  }

  // ---------------------------------------------------------------- the keyboard

  key(event) {
    const keys = [...this.arrows].filter(([, { name }]) => this.isKnown(name)).map(([key]) => key);
    const at = keys.indexOf(this.chosen);
    const moves = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: keys.length - 1 };
    if (event.key in moves) this.choose(keys[Math.min(Math.max(moves[event.key], 0), keys.length - 1)], true);
    else if (event.key === "Enter" || event.key === " ") this.groups.get(this.chosen)?.onclick();
    else if (event.key === "Delete" || event.key === "Backspace") this.on.deleted(this.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// From which height to which a segment and its words reach.
function reach({ points, label, fate }) {
  const heights = [...points.map(([, y]) => y), label.y, fate ? fate.y : label.y];
  return [Math.min(...heights) - 20, Math.max(...heights) + 20];
}

// Put an element at its place among its siblings; one that stands there already is not touched, so that it keeps the focus.
function put(parent, element, place) {
  if (element === place) return;
  const hadFocus = document.activeElement === element;
  parent.insertBefore(element, place);
  if (hadFocus) element.focus({ preventScroll: true });
}
