// Equity, drawdown and the distribution of daily results.
const settings = {
  responsive: true, displaylogo: false,
  modeBarButtons: [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
};
const isNatural = data.fills === "natural";

function layout(more) {
  return Object.assign({
    margin: { l: 84, r: 16, t: 46, b: 44 }, paper_bgcolor: "#fff", plot_bgcolor: "#fff",
    font: { family: "system-ui, 'Liberation Sans', sans-serif", size: 12.5, color: colors.ink },
    hovermode: "x unified", legend: { orientation: "h", x: 0, y: 1.03, yanchor: "bottom" },
    xaxis: { gridcolor: colors.grid }, yaxis: { gridcolor: colors.grid, zerolinecolor: colors.zero },
  }, more);
}

// Real dates; few sessions are labelled one by one, many by months.
function dateAxis() {
  const days = data.sessions.map((session) => session.day);
  const axis = { type: "date", gridcolor: colors.grid, hoverformat: "%A, %Y-%m-%d" };
  if (days.length <= 10) return Object.assign(axis, { tickvals: days, tickformat: "%b %-d<br>%Y" });
  return Object.assign(axis, { nticks: 12, tickformat: days.length > 60 ? "%b %Y" : "%b %-d<br>%Y" });
}

function dayBefore(day) {
  return new Date(Date.parse(day + "T00:00:00Z") - 86400000).toISOString().slice(0, 10);
}

function line(x, y, name, color, dash) {
  const mode = x.length <= 40 ? "lines+markers" : "lines";
  return { x, y, name, mode, line: { color, dash, width: color === colors.index ? 1.5 : 2 }, marker: { size: 5 } };
}

function belowPeak(equity) {
  let peak = equity[0];
  return equity.map((value) => { peak = Math.max(peak, value); return 100 * (value / peak - 1); });
}

function curves() {
  const x = [dayBefore(data.sessions[0].day), ...data.sessions.map((session) => session.day)];
  const series = [[data.equity, `${data.fills} fills`, colors.chosen, "solid"]];
  if (!isNatural) series.push([data.natural_equity, "natural fills", colors.natural, "dot"]);
  series.push([data.benchmark, "SPX, bought and held", colors.index, "solid"]);
  const equity = series.map(([y, name, color, dash]) =>
    Object.assign(line(x, y, plain(name), color, dash), { hovertemplate: "%{y:$,.2f}" }));
  const moneyAxis = { title: { text: "account value" }, tickformat: "$,.0f", gridcolor: colors.grid };
  Plotly.newPlot("equity", equity, layout({ xaxis: dateAxis(), yaxis: moneyAxis }), settings);
  const falls = series.map(([y, name, color, dash]) =>
    Object.assign(line(x, belowPeak(y), plain(name), color, dash), { hovertemplate: "%{y:.2f} %" }));
  Object.assign(falls[0], { fill: "tozeroy", fillcolor: "rgba(0,98,155,0.12)" });
  const deepest = Math.min(-1, ...falls.flatMap((trace) => trace.y));
  const fallAxis = { title: { text: "below the peak" }, ticksuffix: " %", gridcolor: colors.grid, range: [1.06 * deepest, -0.02 * deepest] };
  Plotly.newPlot("drawdown", falls, layout({ xaxis: dateAxis(), yaxis: fallAxis }), settings);
}

// A width of 1, 2, 2.5 or 5 times a power of ten, so that zero is an edge and every bar has one sign.
function binWidth(profits) {
  const span = Math.max(...profits) - Math.min(...profits, 0) || Math.max(1, Math.abs(profits[0]));
  const raw = span / 30;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((width) => width >= raw);
}

function histogram() {
  const profits = data.sessions.map((session) => session.pnl).filter((value) => value !== 0);
  const idle = data.sessions.length - profits.length;
  byId("histogram-note").textContent = idle === 0 ? "Net result of each session."
    : `Net result of each session; ${counted(idle, "session")} without any result not drawn.`;
  const width = profits.length > 0 ? binWidth(profits) : 1;
  const counts = new Map();
  for (const value of profits) {
    const bin = Math.floor(value / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const bars = (name, color, keep) => {
    const bins = [...counts.keys()].filter(keep).sort((a, b) => a - b);
    return {
      type: "bar", name, width, marker: { color, line: { color: "#fff", width: 1 } },
      x: bins.map((bin) => (bin + 0.5) * width), y: bins.map((bin) => counts.get(bin)),
      text: bins.map((bin) => `${money(bin * width)} to ${money((bin + 1) * width)}: ${counted(counts.get(bin), "session")}`),
      textposition: "none", hovertemplate: "%{text}<extra></extra>",
    };
  };
  const traces = [bars("losing sessions", colors.loss, (bin) => bin < 0), bars("winning sessions", colors.gain, (bin) => bin >= 0)];
  const sessionAxis = { title: { text: "sessions" }, gridcolor: colors.grid, rangemode: "tozero" };
  if (Math.max(0, ...counts.values()) < 5) sessionAxis.dtick = 1;
  const mean = data.metrics.expectancy;
  Plotly.newPlot("histogram", traces, layout({
    hovermode: "closest", barmode: "overlay",
    xaxis: { tickformat: "$,.0f", rangemode: "tozero", gridcolor: colors.grid, zerolinecolor: colors.zero, zerolinewidth: 2 }, yaxis: sessionAxis,
    shapes: [{ type: "line", x0: mean, x1: mean, y0: 0, y1: 1, yref: "paper", line: { color: colors.ink, width: 1, dash: "dot" } }],
    annotations: [{ x: mean, y: 1, yref: "paper", yanchor: "bottom", showarrow: false, text: `mean ${money(mean)}` }],
  }), settings);
}
