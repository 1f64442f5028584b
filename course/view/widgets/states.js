// The state diagram: where each end is at this moment, and the ways that were gone so far.

const PLATE = { width: 204, height: 46 }; // larger than on paper, since the diagram is drawn small
const BESIDE = PLATE.height / 2 + 18; // where the names of those stand that are in a state

class States {
  constructor(side) {
    this.heading = add(side, "h4", {});
    this.svg = draw(side, "svg", { class: "diagram", role: "img" });
  }

  draw({ box: [x, y, width, height], plates, ways }) {
    if (this.plates) return;
    setAll(this.svg, { viewBox: `${x} ${y} ${width} ${height}` });
    this.ways = new Map(ways.map((way) => [way.name, this.way(way)]));
    this.plates = new Map(Object.entries(plates).map(([name, plate]) => [name, this.plate(name, plate)]));
    this.states = new Map(Object.entries(plates).map(([name, plate]) => [name, plate.state]));
    this.here = draw(this.svg, "g", {});
  }

  way({ points, bend }) {
    const group = draw(this.svg, "g", {});
    const [start, ...rest] = points;
    draw(group, "path", { d: `M${start}${bend ? `Q${bend} ${rest}` : rest.map((point) => `L${point}`).join("")}`, class: "stroke-edge" });
    arrowEnd(group, [bend || points.at(-2), points.at(-1)], "arrived", "edge");
    return group;
  }

  plate(name, { state, at: [x, y] }) {
    const { width, height } = PLATE;
    const plate = draw(this.svg, "g", { class: "plate" });
    draw(plate, "rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 7 });
    text(plate, { text: state, x, y, font: { size: 24 }, role: "ink", anchor: "middle" });
    return { plate, x, y: y + (name === "CLOSED" ? -BESIDE : BESIDE) }; // below CLOSED there are too many ways
  }

  // The moments are those so far; the last of them is now.
  show(moments) {
    const { gone, seen, ends } = travelled(moments);
    for (const [key, way] of this.ways) way.setAttribute("class", gone.has(key) ? "gone" : "");
    this.here.replaceChildren();
    for (const [name, { plate, x, y }] of this.plates) {
      const hosts = [...ends].filter(([, places]) => places.includes(name)).map(([host, places]) => counted(host, places, name));
      plate.setAttribute("class", `plate ${hosts.length ? "here" : seen.has(name) ? "seen" : ""}`);
      if (hosts.length) text(this.here, { text: hosts.join(", "), x, y, font: { size: 24, bold: true }, role: "opening", anchor: "middle", halo: true });
    }
    const positions = [...ends].map(([host, places]) => `${host}: ${places.map((name) => this.states.get(name)).join(", ")}`);
    this.svg.setAttribute("aria-label", positions.join(", ") || "no connection yet");
    const states = new Set(this.states.values());
    const visited = new Set([...seen].map((name) => this.states.get(name)));
    this.heading.textContent = `States at ${moments.at(-1).time} · ${visited.size} of ${states.size} visited`;
  }
}

// Which ways were gone, which states were seen, and for each host in which states its connections are now.
function travelled(moments) {
  const gone = new Set();
  const seen = new Set();
  const hosts = new Map(); // for each host the state of its listener, and of each of its connections
  for (const { host, end, change, listens, dark } of moments) {
    if (dark) hosts.delete(dark); // without power there are no connections
    if (!change) continue;
    gone.add(change.way);
    seen.add(change.from).add(change.to);
    if (!hosts.has(host)) hosts.set(host, { listener: null, connections: new Map() });
    if (listens) hosts.get(host).listener = change.to;
    else hosts.get(host).connections.set(end, change.to);
  }
  const ends = new Map([...hosts].map(([host, { listener, connections }]) => [host, standing(listener, [...connections.values()])]));
  return { gone, seen, ends };
}

// A listener says no more than its connection does; a connection that has ended counts where there is no other.
function standing(listener, connections) {
  const open = connections.filter((name) => name !== "the end" && name !== "CLOSED");
  if (open.length) return open;
  return connections.length ? [connections.at(-1)] : [listener];
}

function counted(host, places, name) {
  const count = places.filter((each) => each === name).length;
  return count > 1 ? `${count} × ${host}` : host;
}
