// Where is my byte? One octet of what a program sends: the places that hold it at the moment, and how it came there.

class Byte {
  constructor(parent, { asked, told, goTo }) {
    this.on = { asked, told, goTo };
    this.details = add(parent, "details", { class: "byte" });
    add(this.details, "summary", {}, "Where is my byte?");
    const choice = add(this.details, "div", { class: "group", role: "group", "aria-label": "Which octet" });
    this.count = add(add(choice, "label", {}, "octet"), "input", { type: "number", min: 1, step: 1, value: 1 });
    this.of = add(choice, "span", {});
    this.flow = add(add(choice, "label", {}, "of what"), "select", {});
    add(choice, "span", {}, "sends");
    this.stations = add(this.details, "ol", { class: "stations", "aria-label": "Where it can be" });
    this.steps = add(this.details, "ol", { class: "steps", "aria-label": "How it came there" });
    this.nothing = add(this.details, "p", { class: "quiet" });
    this.details.ontoggle = () => this.ask();
    this.count.onchange = () => this.ask();
    this.flow.onchange = () => { this.count.value = 1; this.ask(); };
  }

  // A new run: whoever sends what, and where it is now.
  draw(flows) {
    this.flows = flows;
    const chosen = this.flow.selectedIndex;
    this.flow.replaceChildren();
    for (const { name } of flows) add(this.flow, "option", {}, name);
    this.flow.selectedIndex = flows.length ? Math.min(Math.max(chosen, 0), flows.length - 1) : -1;
    this.nothing.textContent = flows.length ? "" : "In this run no octet is sent.";
    this.ask();
  }

  ask() {
    const flow = this.flows?.[this.flow.selectedIndex];
    this.journey = null;
    if (!this.details.open || !flow) return this.on.told(new Set());
    this.count.max = flow.octets;
    this.count.value = Math.min(Math.max(Math.round(Number(this.count.value)) || 1, 1), flow.octets);
    this.of.textContent = `of ${flow.octets}`;
    this.on.asked({ do: "journey", flow: this.flow.selectedIndex, octet: Number(this.count.value) });
  }

  hear(journey) {
    this.journey = journey;
    this.stations.replaceChildren();
    for (const { place, where } of journey.places) this.station(place, where);
    this.steps.replaceChildren();
    this.rows = journey.steps.map((step) => this.step(step));
    this.on.told(new Set(journey.steps.map(({ carried }) => carried)));
  }

  station(place, where) {
    const station = add(this.stations, "li", {});
    add(station, "span", { class: "octet" }, this.journey.value);
    add(station, "b", {}, place);
    add(station, "span", { class: "quiet" }, where);
    add(station, "span", { class: "silent" });
  }

  step({ time, what, after }) {
    const row = add(this.steps, "li", {});
    const go = add(row, "button", { type: "button" }, time);
    go.onclick = () => this.on.goTo(after);
    add(row, "span", {}, what);
    return row;
  }

  // The moment: so many records have been written. What comes later may be hidden.
  show(after, hides) {
    if (!this.journey) return;
    const { steps, places } = this.journey;
    const past = steps.filter((step) => step.after <= after);
    const holding = past.length ? past.at(-1).places : this.journey.begins;
    [...this.stations.children].forEach((station, at) => {
      const isHere = holding.includes(places[at].place);
      station.classList.toggle("here", isHere);
      station.lastChild.textContent = isHere ? ": here" : "";
    });
    this.rows.forEach((row, at) => {
      row.classList.toggle("later", at >= past.length);
      row.hidden = hides && at >= past.length;
    });
  }
}
