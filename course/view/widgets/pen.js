// The pen: puts marks on an SVG in the colours of the page's theme. What a mark is and where it stands, Python has decided
// (course.view.marks); `role` is the name of a colour.

const SVG = "http://www.w3.org/2000/svg";
const HEAD = "M0,0L-12,4.6L-12,-4.6Z"; // of an arrow that points to the right, at its tip
const CROSS = "M-5.5,-5.5L5.5,5.5M5.5,-5.5L-5.5,5.5";
const SERIF_FREE = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const MONO = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

function draw(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  setAll(element, attributes);
  return parent.appendChild(element);
}

function setAll(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
}

function colour(role) {
  return `var(--${role.replaceAll(" ", "-")})`;
}

function line(parent, points, role, attributes) {
  const drawn = draw(parent, "polyline", { points: points.map((point) => point.join(",")).join(" "), fill: "none", ...attributes });
  drawn.style.stroke = colour(role);
  return drawn;
}

function box(parent, mark, role, radius) {
  const height = Math.max(mark.bottom - mark.top, 0.5);
  const drawn = draw(parent, "rect", { x: mark.x, y: mark.top, width: mark.width, height, rx: radius, "stroke-width": 0.8 });
  drawn.style.fill = colour(role);
  drawn.style.stroke = colour("edge");
}

function wave(parent, left, right, y) {
  const path = `M${left},${y}${"q3.5,-3 7,0t7,0".repeat(Math.ceil((right - left) / 14))}`;
  draw(parent, "path", { d: path, fill: "none", "stroke-width": 1, "stroke-dasharray": "1.2 2.6" }).style.stroke = colour("muted");
}

// An arrow ends in a head where it arrives, and in a cross where it is lost.
function arrowEnd(parent, points, end, role) {
  const [[fromX, fromY], [x, y]] = points.slice(-2);
  const angle = (Math.atan2(y - fromY, x - fromX) * 180) / Math.PI;
  const place = `translate(${x},${y})`;
  if (end === "arrived") draw(parent, "path", { d: HEAD, transform: `${place} rotate(${angle})` }).style.fill = colour(role);
  if (end === "lost") draw(parent, "path", { d: CROSS, transform: place, "stroke-width": 2 }).style.stroke = colour(role);
}

function text(parent, label) {
  const { x, y, font } = label;
  const drawn = draw(parent, "text", { x, y, "font-size": font.size, "text-anchor": label.anchor, "dominant-baseline": "central" });
  if (label.angle) drawn.setAttribute("transform", `rotate(${label.angle} ${x} ${y})`);
  if (label.halo) drawn.setAttribute("class", "halo");
  drawn.style.fill = colour(label.role);
  drawn.style.fontWeight = font.bold ? "bold" : "normal";
  drawn.style.fontFamily = font.mono ? MONO : SERIF_FREE;
  drawn.textContent = label.text;
}
