// One session: the net price of each trade's legs with its fills, and the journal in words.
const pathColors = [colors.chosen, colors.second, colors.third, colors.natural];
const symbols = { entry: "circle", exit: "square", settlement: "diamond", flatten: "x" };

// Wall-clock time as a date on an axis that knows no zone: what New York clocks show is drawn.
function moment(day, seconds) {
  const part = (value) => String(Math.floor(value)).padStart(2, "0");
  const rest = (seconds % 60).toFixed(seconds % 1 === 0 ? 0 : 3);
  return `${day} ${part(seconds / 3600)}:${part((seconds / 60) % 60)}:${rest.padStart(rest.includes(".") ? 6 : 2, "0")}`;
}

function tradeTraces(session, trade, index) {
  const color = pathColors[index % pathColors.length];
  const x = session.times.map((seconds) => moment(session.day, seconds));
  const from = trade.marks[0].time, to = trade.marks.at(-1).time;
  const held = trade.mid.map((value, at) => session.times[at] >= from && session.times[at] <= to ? value : null);
  const name = plain(`trade ${trade.number}: ${trade.legs.join(", ")}`);
  const traces = [
    { x, y: trade.mid, mode: "lines", line: { color, width: 1 }, opacity: 0.35, hoverinfo: "skip", showlegend: false },
    { x, y: held, mode: "lines", name, line: { color, width: 2.5 }, hovertemplate: "%{x|%H:%M:%S}: %{y:.3f}<extra></extra>" },
  ];
  for (const mark of trade.marks.filter((candidate) => candidate.price !== null)) {
    traces.push({
      x: [moment(session.day, mark.time)], y: [mark.price], mode: "markers+text", showlegend: false,
      marker: { color: mark.role === "entry" ? "#fff" : color, symbol: symbols[mark.role], size: 13, line: { width: 2.5, color } },
      text: [mark.role], textposition: "top center", cliponaxis: false, textfont: { size: 11.5 },
      hovertext: [mark.lines.map(plain).join("<br>")], hovertemplate: "%{hovertext}<extra></extra>",
      hoverlabel: { align: "left", bgcolor: "#fff", bordercolor: color, font: { color: colors.ink } },
    });
  }
  return traces;
}

// The scale fits what was held, so that a wide quote at the open does not flatten the trade.
function heldRange(session) {
  const values = session.trades.flatMap((trade) => {
    const from = trade.marks[0].time, to = trade.marks.at(-1).time;
    const held = trade.mid.filter((value, at) => value !== null && session.times[at] >= from && session.times[at] <= to);
    return [...held, ...trade.marks.map((mark) => mark.price).filter((price) => price !== null)];
  });
  if (values.length === 0) return undefined;
  const low = Math.min(...values), high = Math.max(...values);
  const room = Math.max(0.15, 0.16 * (high - low));
  return [low - room, high + room];
}

function drawPath(session) {
  const traces = session.trades.flatMap((trade, index) => tradeTraces(session, trade, index));
  const empty = session.trades.length === 0;
  const closing = session.times.length > 0 ? session.times.at(-1) : 16 * 3600;
  Plotly.react("path", traces, layout({
    hovermode: "closest", showlegend: true, margin: { l: 84, r: 24, t: 56, b: 44 },
    xaxis: {
      type: "date", range: [moment(session.day, 9.5 * 3600 - 300), moment(session.day, closing + 300)],
      tickformat: "%H:%M", dtick: 1800000, gridcolor: colors.grid, title: { text: "New York time" }, visible: !empty,
    },
    yaxis: {
      title: { text: "net price (points)" }, tickformat: ".2f", range: heldRange(session), gridcolor: colors.grid,
      zerolinecolor: colors.zero, visible: !empty,
    },
    annotations: empty ? [{ text: "No entry was filled in this session.", showarrow: false, font: { size: 15 }, x: 0.5, y: 0.5, xref: "paper", yref: "paper" }] : [],
  }), settings);
}

function showDay(day, scroll) {
  const at = data.sessions.findIndex((candidate) => candidate.day === day);
  const session = data.sessions[at];
  byId("day").value = day;
  byId("before").disabled = at === 0;
  byId("after").disabled = at === data.sessions.length - 1;
  byId("outcome").replaceChildren(
    element("b", money(session.pnl), signed(session.pnl)),
    ` (natural fills ${money(session.natural)}), fees ${money(session.fees)}, ${session.status}, `
    + `index settled at ${session.settlement.toFixed(2)}${session.estimated ? " (estimated)" : ""}`,
  );
  drawPath(session);
  fillTable("events", ["Time", "Order", "What happened"], session.events, [false, true, false]);
  for (const row of byId("sessions").tBodies[0].rows) row.classList.toggle("chosen", row.dataset.day === day);
  for (const cell of document.querySelectorAll(".weeks button")) cell.classList.toggle("chosen", cell.dataset.day === day);
  if (scroll) byId("path").closest("section").scrollIntoView({ behavior: "smooth", block: "start" });
}

function stepDay(by) {
  const at = data.sessions.findIndex((session) => session.day === byId("day").value);
  showDay(data.sessions[at + by].day, false);
}

function chooser() {
  for (const session of data.sessions) {
    const option = element("option", `${session.day}  ${money(session.pnl)}`);
    option.value = session.day;
    byId("day").append(option);
  }
  byId("day").addEventListener("change", (event) => showDay(event.target.value, false));
  byId("before").addEventListener("click", () => stepDay(-1));
  byId("after").addEventListener("click", () => stepDay(1));
}
