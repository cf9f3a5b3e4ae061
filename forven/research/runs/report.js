// The page of a backtest over bars: texts, equity, drawdown, price with trades, months, tables.
const whole = (value) => value.toLocaleString("en-US");
const forms = { money: (value) => value === null ? "not defined" : money(value), percent, ratio, count: (value) => value === null ? "not defined" : whole(value) };
const words = (name) => name.replaceAll("_", " ");
const settings = { responsive: true, displaylogo: false };
const isSplit = data.segments.length > 1;
const names = data.segments.map((segment) => segment.name);

// The test bars are shaded from the cut on.
function layout(more) {
  const cut = isSplit ? data.segments[1].from : null;
  const shapes = cut === null ? [] : [{
    type: "rect", xref: "x", yref: "paper", x0: cut, x1: data.segments[1].to, y0: 0, y1: 1,
    fillcolor: "#d58b00", opacity: 0.08, line: { width: 0 }, layer: "below",
  }];
  const annotations = cut === null ? [] : [{
    x: cut, y: 1, yref: "paper", xanchor: "left", yanchor: "top", text: "test", showarrow: false, font: { color: colors.natural },
  }];
  return {
    margin: { l: 84, r: 16, t: 34, b: 44 }, paper_bgcolor: "#fff", plot_bgcolor: "#fff", shapes, annotations,
    font: { family: "system-ui, 'Liberation Sans', sans-serif", size: 12.5, color: colors.ink },
    hovermode: "closest", legend: { orientation: "h", x: 0, y: 1.03, yanchor: "bottom" },
    xaxis: { type: "date", gridcolor: colors.grid }, ...more,
  };
}

function heading() {
  byId("title").textContent = `${data.name}: backtest`;
  const said = Object.entries(data.parameters).map(([name, value]) => `${name} ${value}`).join(", ");
  byId("description").textContent = `${data.rule} ${said ? `With ${said}. ` : ""}`
    + data.segments.map((segment) => `${segment.name}: ${counted(segment.bars, "bar")} of ${data.series}, ${segment.from} to ${segment.to}`).join("; ");
  const profit = data.figures.find(([name]) => name === "net_profit");
  names.forEach((name, at) => {
    const value = profit[2 + at];
    byId("verdict").append(at ? ", " : "", element("b", money(value), signed(value)), ` in ${name === "all" ? "all bars" : name}`);
  });
  byId("verdict").append(` on ${money(data.capital)}${isSplit ? " each" : ""}.`);
  byId("warnings").hidden = data.warnings.length === 0;
  data.warnings.forEach((text) => byId("warnings").append(element("li", text)));
}

function figures() {
  const rows = data.figures.map(([name, form, ...values]) => [words(name), ...values.map(forms[form])]);
  fillTable("figures", ["", ...names], rows, [false, ...names.map(() => true)]);
  const reasons = Object.keys(data.exits[names[0]]);
  const counts = reasons.map((reason) => [words(reason), ...names.map((name) => whole(data.exits[name][reason]))]);
  fillTable("exits", ["", ...names], counts, [false, ...names.map(() => true)]);
}

function curves() {
  const trace = (line, y, name, color, first) => ({
    type: "scatter", mode: "lines", x: line.times, y, name, legendgroup: name, showlegend: first,
    line: { color, width: color === colors.index ? 1.2 : 1.8 },
  });
  const both = (own, held, form) => data.lines.flatMap((line, at) => [
    { ...trace(line, line[held], "bought and held", colors.index, at === 0), hovertemplate: form },
    { ...trace(line, line[own], plain(data.name), colors.chosen, at === 0), hovertemplate: form },
  ]);
  const thinned = data.lines.some((line) => line.bars > line.times.length);
  byId("equity-note").textContent = `Each segment opens flat with ${money(data.capital)}. Bought and held: all of it at the segment's first close, without leverage, costs or funding.`
    + (thinned ? ` Thinned to some ${whole(data.points_max)} points: the lowest and the highest of each stretch of bars are kept.` : "");
  Plotly.newPlot("equity", both("values", "held", "%{x}<br>%{y:$,.2f}"), layout({ yaxis: { title: { text: "account value" }, tickformat: "$,.0f", gridcolor: colors.grid } }), settings);
  Plotly.newPlot("drawdown", both("falls", "held_falls", "%{x}<br>%{y:.2%}"), layout({ yaxis: { title: { text: "below the peak" }, tickformat: ".0%", gridcolor: colors.grid } }), settings);
}

function price() {
  const { markers } = data;
  const thinned = data.price.bars > data.price.times.length;
  const drawn = markers.entry_times.length;
  byId("price-note").textContent = (thinned ? `${counted(data.price.bars, "bar")}, thinned to ${whole(data.price.times.length)} closes: the lowest and the highest of each stretch. ` : "Closes. ")
    + (drawn < data.trades ? `The last ${whole(drawn)} of ${counted(data.trades, "trade")} are marked.` : `${counted(data.trades, "trade")}.`);
  const shape = (open, long) => (open === long ? "triangle-up" : "triangle-down");
  const points = (times, prices, open) => ({
    type: "scatter", mode: "markers", x: times, y: prices, name: open ? "entries" : "exits",
    marker: {
      size: 8, color: open ? colors.second : markers.returns.map((value) => value < 0 ? colors.loss : colors.gain),
      symbol: markers.directions.map((direction) => shape(open, direction === "long") + (open ? "" : "-open")),
    },
    text: markers.directions.map((direction, at) => open ? direction : `${direction}, ${words(markers.reasons[at])}, ${percent(markers.returns[at])}`),
    hovertemplate: "%{x}<br>%{y}<br>%{text}<extra></extra>",
  });
  Plotly.newPlot("price", [
    { type: "scatter", mode: "lines", x: data.price.times, y: data.price.closes, name: "close", line: { color: colors.index, width: 1 } },
    points(markers.entry_times, markers.entry_prices, true), points(markers.exit_times, markers.exit_prices, false),
  ], layout({ yaxis: { title: { text: plain(data.series) }, gridcolor: colors.grid } }), settings);
}

function months() {
  const titles = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "year"];
  const rows = data.months.map(([year, ...cells]) => [String(year), ...cells.map((value) => value === null ? "" : percent(value))]);
  const table = fillTable("months", titles, rows, titles.map((_, at) => at > 0));
  data.months.forEach(([, ...cells], row) => cells.forEach((value, at) => {
    if (value) table.tBodies[0].rows[row].cells[at + 1].classList.add(signed(value));
  }));
}

function trades() {
  const listed = data.rows.length;
  byId("trades-note").textContent = (listed < data.trades ? `The last ${whole(listed)} of ${counted(data.trades, "trade")}; all are in trades.parquet (--parquet). ` : "")
    + "Prices are those of the bars; costs are a share of the notional at entry, and return is of the equity at entry.";
  const shares = new Set(["size_fraction", "price_return", "cost_drag", "funding", "return"]);
  const form = (name, value) => shares.has(name) ? percent(value) : name === "profit" ? money(value) : name === "exit_reason" ? words(value) : String(value);
  const text = new Set(["segment", "direction", "entry_time", "exit_time", "exit_reason"]);
  fillTable("trades", data.columns.map(words), data.rows.map((row) => row.map((value, at) => form(data.columns[at], value))), data.columns.map((name) => !text.has(name)));
}

function origin() {
  const from = data.provenance;
  byId("reproduce-note").textContent = from.commands.length > 0
    ? "The same inputs give the same digest. To make these numbers again and compare it:"
    : "Made from Python with bars or settings that no command line can say: forven.backtest_bars(...).";
  byId("commands").hidden = from.commands.length === 0;
  byId("commands").textContent = from.commands.join("\n");
  const { commands, policy, parameters, versions, ...rest } = from;
  const listed = (named) => Object.entries(named).map(([name, value]) => `${name} ${value}`).join(", ") || "none";
  fillTable("provenance", null, [
    ...Object.entries(rest).map(([name, value]) => [words(name), value === null ? "none" : String(value)]),
    ["parameters", listed(parameters)], ["versions", listed(versions)],
  ], [false, false]);
  byId("policy").textContent = JSON.stringify(policy, null, 2);
}

heading(); figures(); curves(); price(); months(); trades(); origin();
document.body.dataset.ready = "yes";
