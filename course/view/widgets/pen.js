// The pen: puts marks on an SVG in the colours of the page's theme. What a mark is and where it stands, Python has decided
// (course.view.marks); `role` is the name of a colour.

const SVG = "http://www.w3.org/2000/svg";
const HEAD = "M0,0L-12,4.6L-12,-4.6Z"; // of an arrow that points to the right, at its tip
const CROSS = "M-5.5,-5.5L5.5,5.5M5.5,-5.5L-5.5,5.5";

function draw(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  setAll(element, attributes);
  return parent.appendChild(element);
}

function setAll(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
}

// A role is a class, too: `fill-ink`, `stroke-ink`. Its colour stands in the style sheet.
function filled(role) {
  return `fill-${role.replace(" ", "-")}`;
}

function line(parent, points, role, attributes) {
  return draw(parent, "polyline", { points: points.join(" "), class: `stroke-${role}`, ...attributes });
}

function box(parent, mark, role, radius) {
  const height = Math.max(mark.bottom - mark.top, 0.5);
  draw(parent, "rect", { x: mark.x, y: mark.top, width: mark.width, height, rx: radius, class: `${filled(role)} stroke-edge`, "stroke-width": 0.8 });
}

function wave(parent, left, right, y) {
  const path = `M${left},${y}${"q3.5,-3 7,0t7,0".repeat(Math.ceil((right - left) / 14))}`;
  draw(parent, "path", { d: path, class: "stroke-muted", "stroke-width": 1, "stroke-dasharray": "1.2 2.6" });
}

// An arrow ends in a head where it arrives, and in a cross where it is lost.
function arrowEnd(parent, points, end, role) {
  const [[fromX, fromY], [x, y]] = points.slice(-2);
  const angle = (Math.atan2(y - fromY, x - fromX) * 180) / Math.PI;
  const place = `translate(${x},${y})`;
  if (end === "arrived") draw(parent, "path", { d: HEAD, transform: `${place} rotate(${angle})`, class: filled(role) });
  if (end === "lost") draw(parent, "path", { d: CROSS, transform: place, class: `stroke-${role}`, "stroke-width": 2 });
}

function text(parent, { x, y, font, role, anchor = "start", angle, halo, text: words }) {
  const drawn = draw(parent, "text", {
    x, y: y + 0.35 * font.size, "font-size": font.size, "text-anchor": anchor, // y is the middle of a line
    class: [filled(role), font.bold && "bold", font.mono && "mono", halo && "halo"].filter(Boolean).join(" "),
  });
  if (angle) drawn.setAttribute("transform", `rotate(${angle} ${x} ${y})`);
  drawn.textContent = words;
  return drawn;
}
