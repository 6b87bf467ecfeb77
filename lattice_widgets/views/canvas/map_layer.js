// A map over a picture: values at the places of a grid, in see-through colors, with their color bar below the picture.
import { drawSigns } from "./map_signs.js";
import { toScreen } from "./picture_geometry.js";
import { element } from "./picture_toolbar.js";
import { _, trueMinus } from "../shared/words.js";
import { bytesOf } from "../shared/page/bytes.js";

const MAP_FINENESS = 8; // pixels of the drawn map from one place to the next, where it has not too many places
const MAP_PIXELS = 400_000; // pixels of the drawn map
const BAR_HEIGHT = 44; // height of the color bar in a picture that is saved [CSS px]

/** Traits of the model that the map is drawn from; a picture without a map has none of them. */
export const MAP_TRAITS = [
  "map_values", "map_errors", "map_rows", "map_cols", "map_step", "map_table", "map_low", "map_high", "map_unit", "map_name",
  "map_opacity", "map_range", "outlines", "highlight", "signs", "chosen_sign", "circle", "circle_label",
];

/** Where a position lies among rising places: {at, next, part}; beyond the ends the last one holds. */
export function amongPlaces(places, position) {
  const last = places.length - 1;
  if (position <= places[0]) return { at: 0, next: 0, part: 0 };
  if (position >= places[last]) return { at: last, next: last, part: 0 };
  let at = 0;
  while (places[at + 1] <= position) at++;
  return { at, next: at + 1, part: (position - places[at]) / (places[at + 1] - places[at]) };
}

/** The value at a position between places: linear, or that of the nearest place where one beside it has none. */
export function valueBetween(values, cols, row, col) {
  const take = (r, c) => values[r * cols + c];
  const corners = [take(row.at, col.at), take(row.at, col.next), take(row.next, col.at), take(row.next, col.next)];
  if (corners.some(Number.isNaN)) return take(row.part < 0.5 ? row.at : row.next, col.part < 0.5 ? col.at : col.next);
  const upper = corners[0] * (1 - col.part) + corners[1] * col.part;
  const lower = corners[2] * (1 - col.part) + corners[3] * col.part;
  return upper * (1 - row.part) + lower * row.part;
}

/** The nearest place of a grid to a pixel: {row, col} counted in places; null outside of the map. */
export function nearestPlace(rows, cols, step, row, col) {
  const near = (places, position) => {
    const { at, next, part } = amongPlaces(places, position);
    const chosen = part < 0.5 ? at : next;
    return Math.abs(places[chosen] - position) <= step / 2 + 0.5 ? chosen : -1;
  };
  const found = rows.length && cols.length ? { row: near(rows, row), col: near(cols, col) } : { row: -1, col: -1 };
  return found.row < 0 || found.col < 0 ? null : found;
}

/** A unit after its number: a degree stands close to it. */
const ofUnit = (unit) => (!unit || unit === "°" ? unit : ` ${unit}`);

/** A value with its error, of which two digits are shown. */
export function withError(value, error, unit) {
  if (!Number.isFinite(error) || !(error > 0)) return trueMinus(`${Number(value.toPrecision(3))}${ofUnit(unit)}`);
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return trueMinus(`${value.toFixed(digits)} ± ${error.toFixed(digits)}${ofUnit(unit)}`);
}

/** The end of a range, as the color bar names it: with the digits that tell it from the other end. */
export function rangeEnd(value, unit, other = -value) {
  const apart = Math.abs(value - other);
  const alike = apart > 0 ? Math.max(0, Math.floor(Math.log10(Math.max(Math.abs(value), Math.abs(other)) / apart))) : 0;
  const text = trueMinus(Number(value.toPrecision(Math.min(2 + alike, 12))));
  return `${value > 0 && other < 0 ? "+" : ""}${text}${ofUnit(unit)}`;
}

/**
 * Make the map of a picture.
 * @param model the widget's model
 * @returns {bar, draw, drawRing, textAt, refresh, framed}
 */
export function buildLayer(model) {
  const source = document.createElement("canvas");
  const strip = element("canvas", { width: 256, height: 1, "aria-hidden": "true" });
  const [low, name, high] = ["low", "name", "high"].map((part) => element("span", { class: `lw-layer-${part}` }));
  const bar = element("div", { class: "lw-layer-bar", role: "img", hidden: "" }, element("div", { class: "lw-layer-words" }, low, name, high), strip);
  let known = null; // what `source` was drawn from
  let box = null; // part of the picture that it covers, in edge coordinates

  const bytes = (trait) => bytesOf(model.get(trait));
  const floats = (trait) => new Float32Array(bytes(trait).slice().buffer); // a copy: floats need alignment
  const limits = () => [model.get("map_low"), model.get("map_high")];
  const there = () => (model.get("map_values")?.byteLength ?? 0) > 0;

  function colorOf(value, table) {
    const [from, to] = limits();
    const part = Math.min(Math.max((value - from) / Math.max(to - from, 1e-12), 0), 1);
    const c = 3 * Math.round(255 * part);
    return [table[c], table[c + 1], table[c + 2]];
  }

  function drawSource() {
    const now = ["map_values", "map_table", "map_low", "map_high", "map_range"].map((trait) => model.get(trait));
    if (known && now.every((each, i) => each === known[i])) return;
    known = now;
    const [values, table] = [floats("map_values"), bytes("map_table")];
    const [rows, cols] = [floats("map_rows"), floats("map_cols")];
    const step = model.get("map_step");
    const [least, most] = model.get("map_range").length === 2 ? model.get("map_range") : [-Infinity, Infinity];
    box = { row: rows[0] - step / 2, col: cols[0] - step / 2 };
    box.height = rows.at(-1) + step / 2 - box.row;
    box.width = cols.at(-1) + step / 2 - box.col;
    const fine = Math.min(MAP_FINENESS / step, Math.sqrt(MAP_PIXELS / (box.height * box.width)));
    source.height = Math.max(1, Math.round(box.height * fine));
    source.width = Math.max(1, Math.round(box.width * fine));
    const across = Array.from({ length: source.width }, (_each, x) => amongPlaces(cols, box.col + ((x + 0.5) / source.width) * box.width));
    const context = source.getContext("2d");
    const image = context.createImageData(source.width, source.height);
    for (let y = 0; y < source.height; y++) {
      const down = amongPlaces(rows, box.row + ((y + 0.5) / source.height) * box.height);
      for (let x = 0; x < source.width; x++) {
        const value = valueBetween(values, cols.length, down, across[x]);
        if (!(value >= least && value <= most)) continue; // transparent, as where there is no value
        const pixel = 4 * (y * source.width + x);
        [image.data[pixel], image.data[pixel + 1], image.data[pixel + 2], image.data[pixel + 3]] = [...colorOf(value, table), 255];
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Draw the map over the picture. */
  function draw(context, view, frame) {
    if (!there()) return;
    drawSource();
    const start = toScreen(box.row + 0.5, box.col + 0.5, view, frame); // places are middles of pixels
    const end = toScreen(box.row + box.height + 0.5, box.col + box.width + 0.5, view, frame);
    context.save();
    context.globalAlpha = model.get("map_opacity");
    context.imageSmoothingEnabled = true;
    context.drawImage(source, start.x, start.y, end.x - start.x, end.y - start.y);
    context.restore();
  }

  /** Draw the lines between what is told apart, and those that stand out. */
  function drawLines(context, view, frame) {
    for (const [trait, color, width] of [["outlines", "#ffffff", 1.5], ["highlight", "#e69f00", 3]]) {
      const lines = floats(trait);
      if (!lines.length) continue;
      context.beginPath();
      for (let i = 0; i + 3 < lines.length; i += 4) {
        const [start, end] = [toScreen(lines[i], lines[i + 1], view, frame), toScreen(lines[i + 2], lines[i + 3], view, frame)];
        context.moveTo(start.x, start.y);
        context.lineTo(end.x, end.y);
      }
      context.setLineDash([]);
      for (const [style, thick] of [["rgba(0, 0, 0, 0.65)", width + 2], [color, width]]) {
        context.strokeStyle = style;
        context.lineWidth = thick;
        context.stroke();
      }
    }
  }

  /** Draw the circle: what one place averages over. */
  function drawRing(context, view, frame) {
    drawLines(context, view, frame);
    drawSigns(context, floats("signs"), model.get("chosen_sign"), view, frame);
    const [row, col, radius] = model.get("circle") ?? [];
    if (!(radius > 0)) return;
    const { x, y } = toScreen(row + 0.5, col + 0.5, view, frame);
    const length = (radius / view.width) * frame.width;
    context.setLineDash([]);
    for (const [color, width] of [["rgba(0, 0, 0, 0.65)", 4], ["#ffffff", 2]]) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, length, 0, 2 * Math.PI);
      context.moveTo(x - 5, y);
      context.lineTo(x + 5, y);
      context.moveTo(x, y - 5);
      context.lineTo(x, y + 5);
      context.stroke();
    }
    const label = model.get("circle_label");
    if (!label) return;
    context.textAlign = "center";
    context.textBaseline = y - length > 22 ? "bottom" : "top";
    const at = y - length > 22 ? y - length - 4 : y + length + 4;
    const half = context.measureText(label).width / 2 + 2;
    const middle = Math.min(Math.max(x, half), frame.width - half);
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0, 0, 0, 0.65)";
    context.strokeText(label, middle, at);
    context.fillStyle = "#ffffff";
    context.fillText(label, middle, at);
  }

  /** The value of the map at a pixel, in words; empty where there is none. */
  function textAt({ row, col }) {
    if (!there()) return "";
    const cols = floats("map_cols");
    const place = nearestPlace(floats("map_rows"), cols, model.get("map_step"), row, col);
    if (!place) return "";
    const number = place.row * cols.length + place.col;
    const value = floats("map_values")[number];
    if (Number.isNaN(value)) return _("no lattice here");
    return `${model.get("map_name")} ${withError(value, floats("map_errors")[number] ?? NaN, model.get("map_unit"))}`;
  }

  /** Show the color bar as the map is now. */
  function refresh() {
    bar.hidden = !there();
    if (bar.hidden) {
      known = null;
      return;
    }
    const table = bytes("map_table");
    const context = strip.getContext("2d");
    const image = context.createImageData(256, 1);
    for (let i = 0; i < 256; i++) image.data.set([table[3 * i], table[3 * i + 1], table[3 * i + 2], 255], 4 * i);
    context.putImageData(image, 0, 0);
    const ends = limits();
    const [from, to] = ends.map((each, number) => rangeEnd(each, model.get("map_unit"), ends[1 - number]));
    [low.textContent, name.textContent, high.textContent] = [from, model.get("map_name"), to];
    bar.setAttribute("aria-label", _("{name}: colors from {low} to {high}", { name: model.get("map_name"), low: from, high: to }));
  }

  /** A picture that is saved, with the color bar below it. */
  function framed(canvas, density) {
    if (!there()) return canvas;
    const made = element("canvas", { width: canvas.width, height: canvas.height + Math.round(BAR_HEIGHT * density) });
    const context = made.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, made.width, made.height);
    context.drawImage(canvas, 0, 0);
    context.setTransform(density, 0, 0, density, 0, canvas.height);
    const width = made.width / density;
    context.drawImage(strip, 8, 24, width - 16, 14);
    context.fillStyle = "#212121";
    context.font = "12px sans-serif";
    context.textBaseline = "middle";
    for (const [part, align, x] of [[low, "left", 8], [name, "center", width / 2], [high, "right", width - 8]]) {
      context.textAlign = align;
      context.fillText(part.textContent, x, 13);
    }
    return made;
  }

  return { bar, draw, drawRing, textAt, refresh, framed };
}
