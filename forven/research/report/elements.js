"use strict";
// What every part of the page uses: the data, colours that colour-blind readers can tell apart,
// and texts. All texts from the data reach the page as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const colors = {
  chosen: "#00629b", natural: "#d58b00", index: "#7a8896", gain: "#00629b", loss: "#b34a00",
  ink: "#1b2733", grid: "#eceff3", zero: "#b9c3ce", second: "#7b4fa3", third: "#2a8a7f",
};
const byId = (id) => document.getElementById(id);
const money = (value) => (value < 0 ? "\u2212$" : "$")
  + Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = (value) => value === null ? "not defined" : (100 * value).toFixed(2).replace("-", "\u2212") + " %";
const ratio = (value) => value === null ? "not defined" : value.toFixed(2).replace("-", "\u2212");
const signed = (value) => value < 0 ? "loss" : value > 0 ? "gain" : "";
const counted = (count, noun) => `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// Plotly reads a small markup in its texts: what comes from the data must not be taken for it.
function plain(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function fillTable(id, titles, rows, numeric) {
  const table = byId(id);
  table.replaceChildren();
  if (titles) {
    const head = table.createTHead().insertRow();
    titles.forEach((title, column) => head.append(element("th", title, numeric[column] ? "number" : "")));
  }
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((text, column) => row.append(element("td", text, numeric[column] ? "number" : "")));
  }
  return table;
}
