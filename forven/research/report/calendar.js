// The calendar heat map: a column a week, a row a weekday, one grid a year.
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri"];
const dayMs = 86400000;
const worst = Math.max(1, ...data.sessions.map((session) => Math.abs(session.pnl)));

// From the colour of a loss over near-white to the colour of a gain; the root lifts small results.
function cellColor(value) {
  const strength = Math.sqrt(Math.abs(value) / worst);
  const end = value < 0 ? [179, 74, 0] : [0, 98, 155];
  const mixed = end.map((part) => Math.round(238 + (part - 238) * strength));
  return `rgb(${mixed.join(",")})`;
}

function mondayOf(day) {
  const date = Date.parse(day + "T00:00:00Z");
  return date - ((new Date(date).getUTCDay() + 6) % 7) * dayMs;
}

function calendarYear(sessions) {
  const first = mondayOf(sessions[0].day), last = mondayOf(sessions.at(-1).day);
  const weekCount = Math.round((last - first) / (7 * dayMs)) + 1;
  const withText = weekCount <= 14;
  const block = element("div", undefined, "year");
  const grid = element("div", undefined, "weeks");
  grid.style.gridTemplateColumns = `auto repeat(${weekCount}, ${withText ? "66px" : "minmax(16px, 19px)"})`;
  grid.style.gridTemplateRows = `18px repeat(5, ${withText ? 28 : 18}px)`;
  weekdays.forEach((name, index) => {
    const label = element("span", name, "weekday");
    label.style.gridArea = `${index + 2} / 1`;
    grid.append(label);
  });
  let monthShown = "";
  for (const session of sessions) {
    const week = Math.round((mondayOf(session.day) - first) / (7 * dayMs));
    const weekday = (new Date(session.day + "T00:00:00Z").getUTCDay() + 6) % 7;
    const month = session.day.slice(0, 7);
    if (month !== monthShown) {
      monthShown = month;
      const name = new Date(session.day + "T00:00:00Z").toLocaleString("en-US", { month: "short", timeZone: "UTC" });
      const label = element("span", month.endsWith("-01") || session === sessions[0] ? `${name} ${month.slice(0, 4)}` : name, "month");
      label.style.gridArea = `1 / ${week + 2}`;
      if (![...grid.children].some((other) => other.style.gridArea === label.style.gridArea)) grid.append(label);
    }
    const cell = element("button", withText ? Math.round(session.pnl).toLocaleString("en-US").replace("-", "\u2212") : undefined);
    cell.type = "button";
    cell.dataset.day = session.day;
    cell.title = `${session.day}: ${money(session.pnl)} (natural fills ${money(session.natural)})`;
    cell.setAttribute("aria-label", cell.title);
    cell.style.gridArea = `${weekday + 2} / ${week + 2}`;
    cell.style.background = cellColor(session.pnl);
    if (Math.sqrt(Math.abs(session.pnl) / worst) > 0.55) cell.classList.add("strong");
    cell.addEventListener("click", () => showDay(session.day, true));
    grid.append(cell);
  }
  block.append(grid);
  return block;
}

function calendar() {
  const years = new Map();
  for (const session of data.sessions) {
    const year = session.day.slice(0, 4);
    if (!years.has(year)) years.set(year, []);
    years.get(year).push(session);
  }
  for (const sessions of years.values()) byId("calendar").append(calendarYear(sessions));
  const scale = element("div");
  scale.id = "scale";
  const bar = element("i");
  const stops = [-1, -0.5, -0.1, 0, 0.1, 0.5, 1].map((share) => `${cellColor(share * worst)} ${50 + 50 * share}%`);
  bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  scale.append(element("span", money(-worst)), bar, element("span", money(worst)));
  byId("calendar").append(scale);
}
