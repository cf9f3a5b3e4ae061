// The page of a sweep: texts, heat maps side by side, train against test, medians, leaders.
const runs = data.document.combinations;
const number = (value) => value === null ? "not defined"
  : typeof value === "number" ? (Number.isInteger(value) ? value.toLocaleString("en-US") : value.toPrecision(4)) : String(value);
const layout = (more) => ({
  margin: { l: 60, r: 16, t: 34, b: 48 }, font: { color: colors.ink }, paper_bgcolor: "#fff", plot_bgcolor: "#fff", ...more,
});
const label = (value) => plain(String(value));
const options = { responsive: true, displaylogo: false };

byId("title").textContent = `${data.document.strategy}: sweep`;
byId("description").textContent = `${counted(runs, "combination")} (${data.document.method}) over `
  + `${data.document.subject}, sorted by ${data.metric}`
  + (data.document.train_pct === null ? "" : ` of the first ${data.document.train_pct} % of the ${data.document.kind}`);
if (data.notes.length) {
  byId("warnings").hidden = false;
  data.notes.forEach((note) => byId("warnings").append(element("li", note)));
}

function drawMaps(map) {
  const places = map.cells.map(() => element("div", undefined, "chart tall"));
  byId("maps").replaceChildren(...places); // all of them before the first is drawn: they share the width
  const shown = map.cells.flat(2).filter((value) => value !== null);
  if (!shown.length) {
    byId("maps").append(element("p", `${data.metric} is not defined for any run.`, "note"));
    return;
  }
  const low = Math.min(...shown), high = Math.max(...shown);
  map.cells.forEach((cells, at) => {
    Plotly.newPlot(places[at], [{
      type: "heatmap", x: map.columns.map(label), y: map.rows.map(label), z: cells,
      zmin: low, zmax: high, colorscale: "Cividis", reversescale: data.better === "low", hoverongaps: false,
      hovertemplate: `${plain(map.across)} %{x}<br>${plain(map.up)} %{y}<br>${plain(data.metric)} %{z:.3f}<extra></extra>`,
    }], layout({
      title: { text: data.segments[at], font: { size: 14 } },
      xaxis: { title: { text: plain(map.across) }, type: "category" }, yaxis: { title: { text: plain(map.up) }, type: "category" },
    }), options);
  });
}
data.maps.forEach((map, at) => byId("pair").append(new Option(`${map.across} and ${map.up}`, at)));
byId("pair").addEventListener("change", (event) => drawMaps(data.maps[event.target.value]));
if (data.maps.length) drawMaps(data.maps[0]);
else byId("maps").append(element("p", "A heat map needs two parameters that vary.", "note"));

const [train, test] = data.points;
if (test) {
  const thinned = train.length < runs ? `${train.length.toLocaleString("en-US")} of ${runs.toLocaleString("en-US")} runs, evenly spread. ` : "";
  byId("scatter-note").textContent = `${thinned}On the line, test is as good as train. A cloud without a slope says that train predicts nothing.`;
  const known = [...train, ...test].filter((value) => value !== null);
  const ends = [Math.min(...known), Math.max(...known)];
  Plotly.newPlot("scatter", [
    { type: "scatter", mode: "markers", x: train, y: test, marker: { size: 5, color: colors.chosen, opacity: 0.5 }, hovertemplate: "train %{x:.3f}<br>test %{y:.3f}<extra></extra>" },
    { type: "scatter", mode: "lines", x: ends, y: ends, line: { color: colors.zero, dash: "dot" }, hoverinfo: "skip" },
  ], layout({ showlegend: false, xaxis: { title: { text: `${plain(data.metric)}, train` } }, yaxis: { title: { text: `${plain(data.metric)}, test` } } }), options);
} else {
  byId("scatter-note").textContent = "This sweep has one segment: nothing says how it would have gone on.";
  byId("scatter").remove();
}

const places = data.lines.map(() => element("div", undefined, "chart"));
byId("lines").append(...places);
data.lines.forEach((line, number) => {
  Plotly.newPlot(places[number], line.medians.map((medians, at) => ({
    type: "scatter", mode: "lines+markers", x: line.labels.map((value) => typeof value === "string" ? label(value) : value), y: medians, name: data.segments[at],
    line: { color: [colors.chosen, colors.natural][at] },
  })), layout({ title: { text: plain(line.name), font: { size: 14 } }, yaxis: { title: { text: plain(data.metric) } } }), options);
});

fillTable("leaders", data.columns.map((name) => name.replaceAll("_", " ")), data.leaders.map((row) => row.map(number)), data.columns.map(() => true));
const spelled = Object.entries(data.document).map(([name, value]) => [name, value !== null && typeof value === "object" ? JSON.stringify(value) : value]);
const origin = { ...Object.fromEntries(spelled), parameters: data.document.parameters.join(", "), backend: data.backend, digest: data.digest };
fillTable("provenance", null, Object.entries(origin).map(([name, value]) => [name.replaceAll("_", " "), value === null ? "none" : String(value)]), [false, false]);
