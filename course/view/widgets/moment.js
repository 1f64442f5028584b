// What is true at the moment: the line of the trace, and the variables of all ends.

class Moment {
  constructor(side) {
    this.line = add(side, "p", { class: "line" });
    add(side, "h4", {}, "Variables");
    this.scroll = add(side, "div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Variables" });
  }

  show(moment, { names, variables: samples }) {
    this.line.textContent = `${moment.time}: ${moment.line.slice(1).join(" ")}`;
    const ends = latest(moment, samples);
    const titles = [...new Set(samples.map((sample) => sample.end))];
    this.scroll.replaceChildren();
    if (!ends.size) return void add(this.scroll, "p", { class: "quiet" }, "No connection yet.");
    const cells = names.map((name, at) => [name, ...titles.map((end) => ends.get(end)?.[at] ?? "–")]);
    table(this.scroll, ["", ...titles], cells, { headed: true });
  }
}

// For each end what it said last; what the moment itself leads to counts already.
function latest(moment, samples) {
  const ends = new Map();
  let own = null;
  for (const sample of samples) {
    if (sample.after <= moment.after) ends.set(sample.end, sample.values);
    else if (sample.end === moment.end && sample.at === moment.at) own ??= sample.values;
  }
  if (own) ends.set(moment.end, own);
  return ends;
}

function table(parent, titles, rows, { headed = false } = {}) {
  const whole = add(parent, "table", {});
  const top = add(add(whole, "thead", {}), "tr", {});
  for (const title of titles) add(top, title ? "th" : "td", title ? { scope: "col" } : {}, title);
  const body = add(whole, "tbody", {});
  for (const cells of rows) {
    const row = add(body, "tr", {});
    cells.forEach((cell, at) => (headed && at === 0 ? add(row, "th", { scope: "row" }, cell) : add(row, "td", {}, cell)));
  }
  return whole;
}
