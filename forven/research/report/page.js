"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const gainColor = "#17795e", lossColor = "#b3382c", inkColor = "#1f4e79", softColor = "#8796a5", amberColor = "#c77f0a";
const settings = { responsive: true, displaylogo: false };
const money = (value) => (value < 0 ? "\u2212" : "") + "$" + Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = (value) => value === null ? "not defined" : (100 * value).toFixed(2) + " %";
const ratio = (value) => value === null ? "not defined" : value.toFixed(2);
const signed = (value) => value < 0 ? "loss" : "gain";

function layout(more) {
  return Object.assign({
    margin: { l: 70, r: 20, t: 10, b: 45 }, paper_bgcolor: "#fff", plot_bgcolor: "#fff",
    font: { family: "system-ui, sans-serif", size: 12, color: "#1b2733" }, hovermode: "x unified",
    legend: { orientation: "h", y: 1.12 }, xaxis: { gridcolor: "#eef1f5" }, yaxis: { gridcolor: "#eef1f5", zerolinecolor: "#c3ccd6" },
  }, more);
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function heading() {
  byId("title").textContent = data.title;
  byId("description").textContent = data.description;
  const chosen = data.metrics.net_profit, natural = data.natural_metrics.net_profit;
  const verdict = byId("verdict");
  verdict.append(`${data.days.length} session${data.days.length === 1 ? "" : "s"}, ${data.days[0]} to ${data.days.at(-1)}: `);
  verdict.append(element("b", money(chosen), signed(chosen)), ` with ${data.fills} fills, `, element("b", money(natural), signed(natural)), " with natural fills (sell at the bid, buy at the ask).");
  const warnings = [];
  if (chosen > 0 && natural <= 0) warnings.push("This result is profitable only with the chosen fills. At the quoted prices it loses: treat the difference as a hope, not as an edge.");
  if (data.days.length < 30) warnings.push(`${data.days.length} sessions are too few to judge a strategy by: annual figures and ratios are shown for completeness.`);
  const estimated = data.sessions.filter((session) => session.estimated).length;
  if (estimated > 0) warnings.push(`${estimated} session${estimated === 1 ? " was" : "s were"} settled on the last recorded index value, not on an official settlement value.`);
  if (warnings.length > 0) { byId("warning").hidden = false; byId("warning").textContent = warnings.join(" "); }
}

function tiles() {
  const rows = [
    ["Net profit", "net_profit", money], ["Total return", "total_return", percent], ["CAGR", "cagr", percent], ["Sharpe", "sharpe", ratio],
    ["Sortino", "sortino", ratio], ["Calmar", "calmar", ratio], ["Max drawdown", "max_drawdown", percent], ["Profit factor", "profit_factor", ratio],
    ["Expectancy a session", "expectancy", money], ["Win rate", "win_rate", percent], ["Best day", "best_day", money], ["Worst day", "worst_day", money],
  ];
  for (const [label, key, format] of rows) {
    const tile = element("div", undefined, "tile");
    tile.append(element("small", label), element("b", format(data.metrics[key])), element("small", "natural: " + format(data.natural_metrics[key])));
    byId("metrics").append(tile);
  }
  for (const [label, text] of [["Fees paid", money(data.totals.fees)], ["Slippage paid", money(data.totals.slippage)], ["Entries / exits filled", `${data.totals.entries} / ${data.totals.exits}`]]) {
    const tile = element("div", undefined, "tile");
    tile.append(element("small", label), element("b", text));
    byId("metrics").append(tile);
  }
}

function fallsOf(equity) {
  let peak = equity[0];
  return equity.map((value) => { peak = Math.max(peak, value); return value / peak - 1; });
}

function curves() {
  const x = ["start", ...data.days];
  const axis = { type: "category", nticks: 12, gridcolor: "#eef1f5" };
  const line = (y, name, color, dash) => ({ x, y, name, mode: "lines", line: { color, dash, width: 2 } });
  Plotly.newPlot("equity", [
    line(data.equity, `${data.fills} fills`, inkColor), line(data.natural_equity, "natural fills", amberColor, "dot"),
    line(data.benchmark, "SPX, bought and held", softColor, "dash"),
  ], layout({ xaxis: axis, yaxis: { title: { text: "account value ($)" }, gridcolor: "#eef1f5" } }), settings);
  Plotly.newPlot("drawdown", [
    Object.assign(line(fallsOf(data.equity), `${data.fills} fills`, lossColor), { fill: "tozeroy" }),
    line(fallsOf(data.natural_equity), "natural fills", amberColor, "dot"), line(fallsOf(data.benchmark), "SPX", softColor, "dash"),
  ], layout({ xaxis: axis, yaxis: { title: { text: "below the peak" }, tickformat: ".2%", gridcolor: "#eef1f5" } }), settings);
}

function histogram() {
  const profits = data.sessions.map((session) => session.pnl);
  Plotly.newPlot("histogram", [{ type: "histogram", x: profits, marker: { color: inkColor }, nbinsx: 40, hovertemplate: "%{x}<br>%{y} sessions<extra></extra>" }],
    layout({ hovermode: "closest", bargap: 0.05, xaxis: { title: { text: "net profit of a session ($)" } }, yaxis: { title: { text: "sessions" }, gridcolor: "#eef1f5" } }), settings);
}

function calendar() {
  const weeks = new Map();
  const names = ["Mon", "Tue", "Wed", "Thu", "Fri"];
  for (const session of data.sessions) {
    const date = new Date(session.day + "T00:00:00Z");
    const weekday = (date.getUTCDay() + 6) % 7;
    const monday = new Date(date.getTime() - weekday * 86400000).toISOString().slice(0, 10);
    if (!weeks.has(monday)) weeks.set(monday, [null, null, null, null, null]);
    weeks.get(monday)[weekday] = session;
  }
  const mondays = [...weeks.keys()].sort();
  const cell = (pick) => names.map((_, weekday) => mondays.map((monday) => { const session = weeks.get(monday)[weekday]; return session ? pick(session) : null; }));
  const most = Math.max(1, ...data.sessions.map((session) => Math.abs(session.pnl)));
  const scale = [[0, lossColor], [0.5, "#f4f1ea"], [1, gainColor]];
  Plotly.newPlot("calendar", [{
    type: "heatmap", x: mondays, y: names, z: cell((session) => session.pnl), text: cell((session) => `${session.day}: ${money(session.pnl)}`),
    hovertemplate: "%{text}<extra></extra>", zmin: -most, zmax: most, colorscale: scale, xgap: 2, ygap: 2, colorbar: { thickness: 10, tickprefix: "$" },
  }], layout({ hovermode: "closest", xaxis: { type: "category", title: { text: "week of" }, nticks: 10 }, yaxis: { autorange: "reversed" } }), settings);
  byId("calendar").on("plotly_click", (event) => { const session = weeks.get(event.points[0].x)[names.indexOf(event.points[0].y)]; if (session) showDay(session.day); });
}

function fillTrace(fills, role, color, symbol) {
  const own = fills.filter((fill) => fill.role === role);
  return { x: own.map((fill) => fill.time), y: own.map((fill) => fill.price), name: role, mode: "markers", marker: { color, symbol, size: 13, line: { width: 1, color: "#fff" } } };
}

function showDay(day) {
  const session = data.sessions.find((candidate) => candidate.day === day);
  byId("day").value = day;
  const traces = [];
  session.paths.forEach((path, number) => {
    const label = session.paths.length > 1 ? `net price, entry ${number + 1}` : "net price at mid";
    traces.push({ x: path.time, y: path.mid, name: label, mode: "lines", line: { width: 1.5, color: [inkColor, "#6b4c9a", "#2d7f8c", amberColor][number % 4] } });
    traces.push(fillTrace(path.fills, "entry", gainColor, "triangle-right"), fillTrace(path.fills, "exit", lossColor, "x"), fillTrace(path.fills, "settlement", amberColor, "diamond"));
  });
  const title = session.paths.length === 0 ? "no entry was filled in this session" : `${session.day}: ${money(session.pnl)} (${session.status}), settled at ${session.settlement.toFixed(2)}`;
  Plotly.react("path", traces, layout({ title: { text: title, font: { size: 14 } }, margin: { l: 70, r: 20, t: 60, b: 45 }, xaxis: { type: "category", nticks: 12, title: { text: "New York time" } }, yaxis: { title: { text: "net price (points)" }, gridcolor: "#eef1f5", zerolinecolor: "#c3ccd6" } }), settings);
  fillTable("events", ["Time", "Order", "Event"], session.events, [false, true, false]);
  for (const row of byId("sessions").tBodies[0].rows) row.classList.toggle("chosen", row.dataset.day === day);
}

function fillTable(id, titles, rows, numeric) {
  const table = byId(id);
  table.replaceChildren();
  const head = table.createTHead().insertRow();
  titles.forEach((title, column) => head.append(element("th", title, numeric[column] ? "number" : "")));
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((text, column) => row.append(element("td", text, numeric[column] ? "number" : "")));
  }
}

function sessionsTable() {
  const columns = [
    ["Session", "day", String], ["Net", "pnl", money], ["Natural", "natural", money], ["Fees", "fees", money], ["Slippage", "slippage", money],
    ["Max drawdown", "drawdown", money], ["Entries", "entries", String], ["Exits", "exits", String], ["Settlement", "settlement", (value) => value.toFixed(2)], ["Status", "status", String],
  ];
  let sortedBy = 0, direction = 1;
  const draw = () => {
    const key = columns[sortedBy][1];
    const ordered = [...data.sessions].sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
    fillTable("sessions", columns.map((column) => column[0]), ordered.map((session) => columns.map(([, name, format]) => format(session[name]))), columns.map((_, index) => index > 0 && index < 9));
    [...byId("sessions").tBodies[0].rows].forEach((row, index) => {
      row.dataset.day = ordered[index].day;
      row.cells[1].classList.add(signed(ordered[index].pnl));
      row.addEventListener("click", () => { showDay(ordered[index].day); byId("path").scrollIntoView({ behavior: "smooth", block: "center" }); });
    });
    [...byId("sessions").tHead.rows[0].cells].forEach((cell, index) => cell.addEventListener("click", () => { direction = sortedBy === index ? -direction : 1; sortedBy = index; draw(); }));
  };
  draw();
}

function origin() {
  for (const text of data.not_modelled) byId("limits").append(element("li", text));
  const flat = (value) => value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
  fillTable("provenance", ["What", "Value"], Object.entries(data.provenance).map(([key, value]) => [key.replaceAll("_", " "), flat(value)]), [false, false]);
}

heading(); tiles(); curves(); histogram(); calendar(); sessionsTable(); origin();
for (const day of data.days) byId("day").append(element("option", day));
byId("day").addEventListener("change", (event) => showDay(event.target.value));
const firstTraded = data.sessions.find((session) => session.paths.length > 0) ?? data.sessions[0];
showDay(firstTraded.day);
