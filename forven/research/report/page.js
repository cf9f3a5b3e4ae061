// Puts the page together: heading, figures, tables, and where everything comes from.
function heading() {
  byId("title").textContent = data.title;
  byId("description").textContent = data.description;
  const chosen = data.metrics.net_profit, natural = data.natural_metrics.net_profit;
  const first = data.sessions[0].day, last = data.sessions.at(-1).day;
  const range = data.sessions.length === 1 ? first : `${first} to ${last}`;
  byId("verdict").append(`${counted(data.sessions.length, "session")}, ${range}, ${money(data.capital)} each: `,
    element("b", money(chosen), signed(chosen)), ` with ${data.fills} fills`);
  if (isNatural) byId("verdict").append(" (sell at the bid, buy at the ask).");
  else byId("verdict").append(", ", element("b", money(natural), signed(natural)), " with natural fills (sell at the bid, buy at the ask).");
  byId("warnings").hidden = data.warnings.length === 0;
  for (const text of data.warnings) byId("warnings").append(element("li", text));
}

function figures() {
  const pairs = [
    ["Net profit", "net_profit", money], ["Total return", "total_return", percent], ["CAGR", "cagr", percent],
    ["Max drawdown", "max_drawdown", percent], ["Expectancy a session", "expectancy", money], ["Best day", "best_day", money],
    ["Sharpe", "sharpe", ratio], ["Sortino", "sortino", ratio], ["Calmar", "calmar", ratio],
    ["Profit factor", "profit_factor", ratio], ["Win rate", "win_rate", percent], ["Worst day", "worst_day", money],
  ];
  const cells = ([label, key, format]) => [label, format(data.metrics[key]), format(data.natural_metrics[key])];
  const rows = pairs.slice(0, 6).map((pair, index) => [...cells(pair), ...cells(pairs[index + 6])]);
  rows.push(["Fees paid", money(data.totals.fees), money(data.totals.natural_fees),
    "Entries / exits / skipped", `${data.totals.entries} / ${data.totals.exits} / ${data.totals.skipped}`, ""]);
  rows.push(["Slippage paid", money(data.totals.slippage), money(0), "Instruments settled", String(data.totals.settled), ""]);
  const head = ["", `${data.fills} fills`, "natural fills"];
  const table = fillTable("metrics", [...head, ...head], rows, [false, true, true, false, true, true]);
  for (const row of table.tBodies[0].rows) for (const column of [2, 5]) row.cells[column].classList.add("beside");
}

function sessionsTable() {
  const columns = [
    ["Session", "day", String], ["Net", "pnl", money], ["Natural", "natural", money], ["Fees", "fees", money],
    ["Slippage", "slippage", money], ["Max drawdown", "drawdown", money], ["Entries", "entries", String],
    ["Exits", "exits", String], ["Settled", "settled", String], ["Index settled", "settlement", (value) => value.toFixed(2)], ["Status", "status", String],
  ];
  const numeric = columns.map((_, index) => index > 0 && index < 10);
  let sortedBy = 0, direction = 1;
  const draw = () => {
    const key = columns[sortedBy][1];
    const ordered = [...data.sessions].sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
    const table = fillTable("sessions", columns.map(() => ""), ordered.map((session) => columns.map(([, name, format]) => format(session[name]))), numeric);
    [...table.tBodies[0].rows].forEach((row, index) => {
      row.dataset.day = ordered[index].day;
      row.classList.toggle("chosen", ordered[index].day === byId("day").value);
      if (signed(ordered[index].pnl)) row.cells[1].classList.add(signed(ordered[index].pnl));
      row.addEventListener("click", () => showDay(ordered[index].day, true));
    });
    [...table.tHead.rows[0].cells].forEach((cell, index) => {
      const arrow = index !== sortedBy ? "" : direction > 0 ? " \u25b2" : " \u25bc";
      const button = element("button", columns[index][0] + arrow);
      button.type = "button";
      button.addEventListener("click", () => { direction = sortedBy === index ? -direction : 1; sortedBy = index; draw(); });
      cell.append(button);
    });
  };
  draw();
}

function origin() {
  for (const text of data.not_modelled) byId("limits").append(element("li", text));
  const from = data.provenance;
  byId("reproduce-note").textContent = from.commands.length > 0
    ? "The same inputs give the same journal, byte for byte. To make these numbers again and compare the journal digest:"
    : "Made from Python with a policy of its own (below): forven.backtest(strategy, data, policy=SessionPolicy.from_json(...)).";
  byId("commands").hidden = from.commands.length === 0;
  byId("commands").textContent = from.commands.join("\n");
  const versions = Object.entries(from.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  fillTable("provenance", null, [
    ["journal digest", from.journal_digest], ["strategy hash", from.strategy_hash], ["data hash", from.data_hash],
    ["policy hash", from.policy_hash], ["data", `${from.dataset}: ${from.data_source}`], ["seed", from.seed === null ? "none: recorded data" : String(from.seed)],
    ["sessions", `${from.first_day} to ${from.last_day}`], ["capital", money(Number(from.capital))], ["backend", from.backend], ["versions", versions],
  ], [false, false]);
  byId("strategy").textContent = JSON.stringify(from.strategy_document, null, 2);
  byId("policy").textContent = JSON.stringify(from.policy, null, 2);
}

heading(); figures(); curves(); histogram(); calendar(); chooser(); sessionsTable(); origin();
showDay((data.sessions.find((session) => session.trades.length > 0) ?? data.sessions[0]).day, false);
document.body.dataset.ready = "yes";
