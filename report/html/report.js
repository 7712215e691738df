// SPDX-License-Identifier: Apache-2.0
// Makes the tables sortable and searchable, and draws what is easier seen than read. All text from models is set as
// text, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function shape(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// ---- tables

// Rows in pairs: one that is always there and, where it has one, its detail.
function rowsOf(table) {
  return [...table.tBodies[0].rows].filter((row) => !row.classList.contains("detail"));
}

function detailOf(row) {
  const next = row.nextElementSibling;
  return next && next.classList.contains("detail") ? next : null;
}

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent;
}

function compare(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "en", { numeric: true });
}

function sort(table, heading) {
  const column = heading.cellIndex;
  const up = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = rowsOf(table).map((row) => [row, detailOf(row)]);
  rows.sort(([left], [right]) => (up ? 1 : -1) * compare(valueOf(left, column), valueOf(right, column)));
  table.tBodies[0].append(...rows.flat().filter(Boolean));
}

function filter(table, tools) {
  const wanted = tools.querySelector("input[type=search]").value.toLowerCase();
  const only = tools.querySelector("input[type=checkbox]");
  let shown = 0;
  for (const row of rowsOf(table)) {
    const isFound = row.textContent.toLowerCase().includes(wanted);
    row.hidden = !isFound || Boolean(only && only.checked && row.dataset.status === "same");
    shown += row.hidden ? 0 : 1;
    const detail = detailOf(row);
    if (detail) detail.hidden = row.hidden || row.querySelector("button").getAttribute("aria-expanded") !== "true";
  }
  tools.querySelector("output").textContent = `${shown} of ${rowsOf(table).length} shown`;
}

function addTools(table) {
  const rows = rowsOf(table);
  const tools = element("div", { class: "tools" });
  const search = element("input", { type: "search", placeholder: "Search (press /)", "aria-label": "Search the rows" });
  search.addEventListener("input", () => filter(table, tools));
  tools.append(search);
  const same = rows.filter((row) => row.dataset.status === "same").length;
  if (same > 0) {
    const only = element("input", { type: "checkbox" });
    only.checked = same < rows.length;
    only.addEventListener("change", () => filter(table, tools));
    tools.append(element("label", {}, only, " only what differs"));
  }
  tools.append(element("output", { "aria-live": "polite", class: "quiet" }));
  table.closest(".scroll").before(tools);
  filter(table, tools);
}

function prepare(table) {
  for (const heading of table.tHead.rows[0].cells) {
    const button = element("button", { type: "button" }, heading.textContent);
    button.addEventListener("click", () => sort(table, heading));
    heading.replaceChildren(button);
  }
  if (rowsOf(table).length > 5) addTools(table);
}

// ---- layers

// The first cell that a window reads along each of the last two axes, at the begin and at the end.
function planeOf(layer, side) {
  const rank = layer.kernel.length;
  return [rank - 2, rank - 1].map((axis) => {
    if (axis < 0) return { size: 1, kernel: 1, dilation: 1, first: 0, last: 0 };
    const [begin, end] = [side.pads[axis], side.pads[axis + rank]];
    const [kernel, stride, dilation] = [side.kernel[axis], side.strides[axis], side.dilations[axis]];
    const size = layer.size[axis];
    const reach = (kernel - 1) * dilation + 1;
    const windows = Math.floor((size + begin + end - reach) / stride);
    return { size, kernel, dilation, first: -begin, last: windows * stride - begin };
  });
}

const CELL = 18;
const TITLE_WIDTH = 76;
const MOST_PIXELS = 24 * CELL;
const LEAST_DRAWN_CELL = 6;
const MOST_TAPS = 4096;

// What is shown along an axis: from the first to the last cell that either window reads, and the border of the map.
function rangeOf(planes, axis, atEnd) {
  const size = planes[0][axis].size;
  const starts = planes.map((plane) => (atEnd ? plane[axis].last : plane[axis].first));
  const ends = planes.map((plane, i) => starts[i] + (plane[axis].kernel - 1) * plane[axis].dilation + 1);
  const low = Math.min(...starts, atEnd ? Math.max(0, size - 2) : 0);
  const high = Math.max(...ends, atEnd ? size : Math.min(2, size));
  return { starts, low, high, size, cell: Math.min(CELL, MOST_PIXELS / (high - low)) };
}

// One corner of the map: its cells, the cells of padding that are read, and both kernels. Whatever the windows reach
// is on it, with smaller cells where that is far.
function corner(planes, atEnd, title) {
  const ranges = [0, 1].map((axis) => rangeOf(planes, axis, atEnd[axis]));
  // Of a map with one axis the other is a single cell, which stays high enough to be seen.
  if (ranges[0].high - ranges[0].low > 1) for (const range of ranges) range.cell = Math.min(...ranges.map(({ cell }) => cell));
  const [height, width] = ranges.map(({ low, high, cell }) => (high - low) * cell);
  const drawn = Math.max(width, TITLE_WIDTH) + 4;
  const drawing = shape("svg", { width: drawn, height: height + 20, viewBox: `-2 -18 ${drawn} ${height + 20}`, role: "img", "aria-label": title });
  drawing.append(shape("text", { x: 0, y: -6 }, title));
  (Math.min(ranges[0].cell, ranges[1].cell) < LEAST_DRAWN_CELL ? drawAreas : drawCells)(drawing, ranges);
  planes.forEach((plane, i) => drawKernel(drawing, plane, i, ranges));
  drawArrow(drawing, ranges);
  return drawing;
}

function drawCells(drawing, [vertical, horizontal]) {
  const [high, wide] = [vertical.cell, horizontal.cell];
  for (let y = vertical.low; y < vertical.high; ++y)
    for (let x = horizontal.low; x < horizontal.high; ++x) {
      const isInside = y >= 0 && y < vertical.size && x >= 0 && x < horizontal.size;
      const [left, top] = [(x - horizontal.low) * wide, (y - vertical.low) * high];
      drawing.append(shape("rect", { class: isInside ? "in" : "out", x: left, y: top, width: wide, height: high }));
      if (!isInside) drawing.append(shape("path", { class: "hatch", d: `M${left} ${top + high}l${wide} ${-high}` }));
    }
}

// Where cells would be too small to be told apart: padding hatched as a whole, the input plain upon it.
function drawAreas(drawing, ranges) {
  const [height, width] = ranges.map(({ low, high, cell }) => (high - low) * cell);
  drawing.append(shape("rect", { class: "out", width, height }));
  let hatch = "";
  for (let x = -height + CELL / 2; x < width; x += CELL / 2) {
    const [from, to] = [Math.max(0, -x), Math.min(height, width - x)];
    if (from < to) hatch += `M${x + from} ${height - from}L${x + to} ${height - to}`;
  }
  drawing.append(shape("path", { class: "hatch", d: hatch }));
  const [[y, bottom], [x, right]] = ranges.map(({ low, high, size, cell }) => [(Math.max(low, 0) - low) * cell, (Math.min(high, size) - low) * cell]);
  if (right > x && bottom > y) drawing.append(shape("rect", { class: "in", x, y, width: right - x, height: bottom - y }));
}

function drawKernel(drawing, plane, i, [vertical, horizontal]) {
  const side = i === 0 ? "source" : "target";
  const [high, wide] = [vertical.cell, horizontal.cell];
  const x = (horizontal.starts[i] - horizontal.low) * wide;
  const y = (vertical.starts[i] - vertical.low) * high;
  const reach = (axis) => (plane[axis].kernel - 1) * plane[axis].dilation + 1;
  const small = Math.min(1, Math.min(high, wide) / (CELL / 2));
  const inset = (i === 0 ? 1.5 : 3.5) * small;
  drawing.append(shape("rect", { class: `taps-${side}`, x: x + inset, y: y + inset, width: reach(1) * wide - 2 * inset, height: reach(0) * high - 2 * inset, rx: 2 }));
  if (plane[0].kernel * plane[1].kernel > MOST_TAPS) return;
  const aside = (i === 0 ? -2.5 : 2.5) * small;
  for (let row = 0; row < plane[0].kernel; ++row)
    for (let column = 0; column < plane[1].kernel; ++column)
      drawing.append(shape("circle", { class: `tap-${side}`, r: Math.max(1.25, 2 * small), cx: x + (column * plane[1].dilation + 0.5) * wide + aside, cy: y + (row * plane[0].dilation + 0.5) * high + (high > wide ? 2 * aside : 0) }));
}

function drawArrow(drawing, [vertical, horizontal]) {
  const point = (i) => [(horizontal.starts[i] - horizontal.low + 0.5) * horizontal.cell, (vertical.starts[i] - vertical.low + 0.5) * vertical.cell];
  const [[x1, y1], [x2, y2]] = [point(0), point(1)];
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  drawing.append(shape("path", { class: "arrow", d: `M${x1} ${y1}L${x2 - 5 * ux} ${y2 - 5 * uy}` }));
  drawing.append(shape("path", { class: "arrow-head", d: `M${x2} ${y2}l${-8 * ux - 4 * uy} ${-8 * uy + 4 * ux}l${8 * uy} ${-8 * ux}z` }));
}

function drawPads(layer) {
  const planes = [planeOf(layer, layer.source), planeOf(layer, layer.target)];
  const corners = element("div", { class: "figures" });
  const names = layer.kernel.length === 1 ? [["begin", [false, false]], ["end", [false, true]]]
    : [["top left", [false, false]], ["top right", [false, true]], ["bottom left", [true, false]], ["bottom right", [true, true]]];
  for (const [name, atEnd] of names) corners.append(corner(planes, atEnd, name));
  const caption = element("figcaption", {}, "Where the first and last windows lie: ",
    element("b", { class: "source" }, "source solid"), ", ", element("b", { class: "target" }, "target dashed"),
    "; plain cells are the input, hatched ones padding, dots the kernel's taps, the arrow the shift.");
  return element("figure", {}, caption, corners);
}

function drawHeat(layer) {
  const rows = layer.heat;
  const cell = Math.max(4, Math.min(12, Math.floor(256 / Math.max(rows.length, rows[0].length))));
  const [width, height] = [rows[0].length * cell, rows.length * cell];
  const drawing = shape("svg", { width: width + 2, height: height + 2, viewBox: `-1 -1 ${width + 2} ${height + 2}`, role: "img", "aria-label": "Where in the layer's output the difference sits" });
  const paths = Array(10).fill("");
  rows.forEach((row, y) => [...row].forEach((digit, x) => { paths[digit] += `M${x * cell} ${y * cell}h${cell}v${cell}h${-cell}z`; }));
  paths.forEach((path, digit) => { if (digit > 0 && path) drawing.append(shape("path", { class: "heat", d: path, "fill-opacity": digit / 9 })); });
  drawing.append(shape("rect", { class: "frame", width, height }));
  return element("figure", {}, element("figcaption", {}, "Where in the layer's output the difference sits: full colour is its largest."), drawing);
}

function fill(detail, layer) {
  const cell = detail.cells[0];
  if (cell.dataset.drawn) return;
  cell.dataset.drawn = "yes";
  const figures = element("div", { class: "figures" });
  if (layer.size) figures.append(drawPads(layer));
  if (layer.heat && layer.heat.length) figures.append(drawHeat(layer));
  cell.querySelector(".facts").append(figures);
}

// In front of the words, and turned to where the target's windows lie.
function drawShift(cell, [down, right]) {
  const drawing = shape("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" });
  const turn = Math.atan2(down, right) * 180 / Math.PI;
  drawing.append(shape("g", { transform: `rotate(${turn})` }, shape("path", { class: "arrow", d: "M-6 0H3" }), shape("path", { class: "arrow-head", d: "M7 0l-6 -4v8z" })));
  cell.prepend(drawing, " ");
}

function toggle(row, layer, open) {
  const button = row.querySelector("button");
  const detail = detailOf(row);
  button.setAttribute("aria-expanded", String(open));
  if (open) fill(detail, layer);
  detail.hidden = !open;
}

function prepareLayers(table, layers) {
  for (const row of rowsOf(table)) {
    const layer = layers[row.dataset.layer];
    row.querySelector("button").addEventListener("click", () => toggle(row, layer, detailOf(row).hidden));
    if (layer.shift) drawShift(row.querySelector(".shift"), layer.shift);
  }
  // One drawing says more than the word that there are some.
  const first = rowsOf(table).find((row) => row.dataset.status === "different");
  if (first) toggle(first, layers[first.dataset.layer], true);
  window.addEventListener("beforeprint", () => {
    for (const row of rowsOf(table)) if (!row.hidden && row.dataset.status !== "same") toggle(row, layers[row.dataset.layer], true);
  });
}

// ---- the error along the graph

const PROFILE = { width: 960, height: 190, left: 52, bottom: 26, top: 10 };

function drawProfile(place, table, layers) {
  const known = layers.map((layer, i) => ({ layer, i })).filter(({ layer }) => layer.error !== undefined);
  if (known.length < 2) return;
  const { width, height, left, bottom, top } = PROFILE;
  const [least, most] = [-8, Math.max(0, ...known.map(({ layer }) => Math.ceil(Math.log10(layer.error || 1e-8))))];
  const x = (i) => left + (i + 0.5) * (width - left) / layers.length;
  const y = (error) => top + (height - top - bottom) * (most - Math.max(least, Math.log10(error || 1e-8))) / (most - least);
  const drawing = shape("svg", { class: "profile", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Error of each layer in order of the graph" });
  for (let power = least; power <= most; power += 2) {
    drawing.append(shape("path", { class: "axis", d: `M${left} ${y(10 ** power)}H${width}` }));
    drawing.append(shape("text", { x: left - 6, y: y(10 ** power) + 4, "text-anchor": "end" }, power === least ? "none" : `1e${power}`));
  }
  const first = layers.findIndex((layer) => layer.beyond);
  if (first >= 0) {
    drawing.append(shape("path", { class: "first", d: `M${x(first)} ${top}V${height - bottom}` }));
    drawing.append(shape("text", { x: x(first) + (first > layers.length * 0.7 ? -5 : 5), y: height - bottom - 5, "text-anchor": first > layers.length * 0.7 ? "end" : "start" }, "first that rounding does not explain"));
  }
  for (const { layer, i } of known) {
    const link = shape("a", { href: `#${table.id}-${i}` }, shape("circle", { class: `dot-${layer.status}`, cx: x(i), cy: y(layer.error), r: layer.status === "same" ? 3 : 5 }),
      shape("title", {}, `${layer.name}: ${layer.error === 0 ? "no difference" : layer.error.toExponential(1)}`));
    link.addEventListener("click", (event) => { event.preventDefault(); show(table, i, layer); });
    drawing.append(link);
  }
  drawing.append(shape("text", { x: left, y: height - 6 }, "first layer"), shape("text", { x: width, y: height - 6, "text-anchor": "end" }, "last layer"));
  place.append(element("figcaption", {}, "Largest difference of each layer's output, relative to its largest value, in order of the graph. Large dots pad differently."), drawing);
}

function show(table, i, layer) {
  const row = byId(`${table.id}-${i}`);
  row.hidden = false;
  toggle(row, layer, true);
  row.scrollIntoView({ block: "center" });
  row.querySelector("button").focus({ preventScroll: true });
}

// ---- start

for (const table of document.querySelectorAll("table")) prepare(table);
for (const data of document.querySelectorAll("script[type='application/json']")) {
  const layers = JSON.parse(data.textContent);
  const table = byId(data.dataset.table);
  prepareLayers(table, layers);
  drawProfile(byId(data.dataset.profile), table, layers);
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
  const search = [...document.querySelectorAll("input[type=search]")].find((each) => each.checkVisibility());
  if (!search) return;
  event.preventDefault();
  search.focus();
});
window.addEventListener("beforeprint", () => { for (const more of document.querySelectorAll("details")) more.open = true; });
