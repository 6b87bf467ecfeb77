// How the map of lattices is painted: ground, edges and names, marks, path, and the lattice at the dot. It only paints.
import { cellAt, labelPlace, largest, mixed, pointsWithin, turnedLeft, typeAt, valuesAt } from "./triangle_geometry.js";

const SHADE = { light: 150, dark: 185 }; // opacity of the ground, of 255
const BORDER = { r: 20, g: 20, b: 20 };

/** A small canvas of the ground: one pixel for each CSS pixel of the map, or null where there is none. */
export function groundOf(layout, { weights, rival, colors, dark }) {
  if (!weights) return null;
  const [width, height] = [Math.ceil(layout.width), Math.ceil(layout.height)];
  const made = document.createElement("canvas");
  [made.width, made.height] = [width, height];
  const context = made.getContext("2d");
  const image = context.createImageData(width, height);
  const own = new Int8Array(width * height).fill(-2);
  const other = new Int8Array(width * height).fill(-2);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const [x, y] = layout.place(col + 0.5, row + 0.5);
      if (x < 0 || y < 0 || x + y > 1) continue;
      const n = row * width + col;
      if (rival) other[n] = rival(x, y);
      const values = weights(x, y);
      own[n] = values ? largest(values) : -1;
      const [red, green, blue] = values ? mixed(values, colors) : [128, 128, 128];
      // hatched: no answer there
      const opacity = values ? (dark ? SHADE.dark : SHADE.light) : (row + col) % 8 < 2 ? 90 : 0;
      image.data.set([red, green, blue, opacity], 4 * n);
    }
  }
  const ink = dark ? 255 - BORDER.r : BORDER.r;
  drawBorders(image, own, width, height, () => true, ink);
  // dashed, so that it is told from the other by its form
  if (rival) drawBorders(image, other, width, height, (row, col) => (row + col) % 10 < 6, ink);
  context.putImageData(image, 0, 0);
  return made;
}

// A line, two pixels thick, where the winner changes.
function drawBorders(image, winners, width, height, drawn, ink) {
  for (let row = 1; row < height; row++) {
    for (let col = 1; col < width; col++) {
      const n = row * width + col;
      if (winners[n] < 0 || !drawn(row, col)) continue;
      for (const beside of [n - 1, n - width]) {
        if (winners[beside] < 0 || winners[beside] === winners[n]) continue;
        for (const pixel of [n, beside]) image.data.set([ink, ink, ink, 235], 4 * pixel);
      }
    }
  }
}

/** The glyph of the winner here and there on the ground, so that color does not stand alone. */
export function paintGlyphs(context, layout, weights, look) {
  context.font = `10px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = look.ink;
  context.globalAlpha = 0.6;
  const count = Math.max(5, Math.round(layout.scale.x / 42));
  for (let j = 0; j < count; j++) {
    for (let i = 0; i + j < count; i++) {
      const [x, y] = [(i + 0.35) / count, (j + 0.3) / count];
      const values = x + y < 1 ? weights(x, y) : null;
      if (values) context.fillText(look.glyphs[largest(values)], ...layout.screen(x, y));
    }
  }
  context.globalAlpha = 1;
}

/** The winner of geometry at a place, as a weight of one. */
export function geometryAt(tolerance, count) {
  const out = new Float64Array(count);
  return (x, y) => {
    out.fill(0);
    out[typeAt(x, y, tolerance)] = 1;
    return out;
  };
}

/** The weights of a grid from Python at a place. */
export const networkAt = (grid, steps, count) => {
  const out = new Float64Array(count);
  return (x, y) => valuesAt(grid, steps, count, x, y, out);
};

function write(context, text, [left, top], { align = "center", turn = 0, halo, color }) {
  context.save();
  context.translate(left, top);
  context.rotate(turn);
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = halo;
  context.strokeText(text, 0, 0);
  context.fillStyle = color;
  context.fillText(text, 0, 0);
  context.restore();
}

/** The triangle: edges in the colors of their types, corners as their markers, and all five names; returns where names stand. */
export function paintFrame(context, layout, look) {
  const { screen } = layout;
  const [square, hexagonal, thin] = [screen(0, 0), screen(0, 1), screen(1, 0)];
  const line = (from, to, color) => {
    for (const [width, stroke] of [[5, look.ground], [3, color]]) {
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...to);
      context.lineWidth = width;
      context.strokeStyle = stroke;
      context.stroke();
    }
  };
  line(square, thin, look.colors[1]);
  line(square, hexagonal, look.colors[2]);
  line(hexagonal, thin, look.colors[2]);
  context.lineWidth = 1;
  for (const [place, kind] of [[square, 3], [hexagonal, 4]]) {
    context.beginPath();
    if (kind === 3) context.rect(place[0] - 7, place[1] - 7, 14, 14);
    else context.arc(...place, 8, 0, 2 * Math.PI);
    context.fillStyle = look.colors[kind];
    context.fill();
    context.strokeStyle = look.ink;
    context.stroke();
  }
  // no lattice lies at this corner
  context.beginPath();
  context.arc(...thin, 5, 0, 2 * Math.PI);
  context.fillStyle = look.ground;
  context.fill();
  context.strokeStyle = look.muted;
  context.stroke();
  context.font = `12px ${look.font}`;
  const plain = { halo: look.ground, color: look.ink };
  const name = (kind) => `${look.glyphs[kind]} ${look.names[kind]}`;
  const covered = [];
  const level = (text, [left, top], options) => {
    write(context, text, [left, top], { ...plain, ...options });
    const width = context.measureText(text).width;
    const start = options.align === "left" ? left : left - width / (options.align === "right" ? 1 : 2);
    covered.push([start, top - 7, start + width, top + 7]);
  };
  const slope = Math.atan2(layout.scale.y, layout.scale.x);
  const middle = screen(0.5, 0.5);
  level(name(4), [hexagonal[0] - 8, hexagonal[1] - 20], { align: "left" });
  level(name(3), [square[0] - 8, square[1] + 20], { align: "left" });
  level(name(1), [screen(0.55, 0)[0], square[1] + 20], { align: "center" });
  write(context, name(2), [square[0] - 22, screen(0, 0.5)[1]], { ...plain, turn: -Math.PI / 2 });
  write(context, name(2), [middle[0] + 14 * Math.sin(slope), middle[1] - 14 * Math.cos(slope)], { ...plain, turn: slope });
  level(name(0), screen(0.27, 0.34), { align: "center" });
  level(look.thin, [thin[0] + 10, square[1] + 37], { color: look.muted, align: "right" });
  return covered;
}

/** Regions of error: polygons of places that may overlap, as one area with one outline. */
export function paintRegions(context, layout, regions, look) {
  const area = new Path2D();
  for (const polygon of regions) {
    const points = turnedLeft(polygon.map(([x, y]) => layout.screen(x, y)));
    points.forEach((point, n) => (n ? area.lineTo(...point) : area.moveTo(...point)));
    area.closePath();
  }
  context.fillStyle = "rgb(86 180 233 / 0.4)";
  context.fill(area, "nonzero");
  context.lineWidth = 1.5;
  context.strokeStyle = look.ink;
  for (const polygon of regions) {
    context.beginPath();
    polygon.forEach((point, n) => {
      const next = polygon[(n + 1) % polygon.length];
      if (alongEdge(point, next)) return;
      context.moveTo(...layout.screen(...point));
      context.lineTo(...layout.screen(...next));
    });
    context.stroke();
  }
}

// Whether a side of a polygon is where the map cut it, and no part of the ellipse.
function alongEdge(one, other) {
  const on = ([x, y]) => [x, y, 1 - x - y].map((distance) => Math.abs(distance) < 1e-9);
  const [first, second] = [on(one), on(other)];
  return first.some((yes, n) => yes && second[n]);
}

/** A mark with its name: "measured" a cross in a circle, "picture" an empty diamond. */
export function paintMark(context, layout, mark, look, strong) {
  const [left, top] = layout.screen(mark.x, mark.y);
  const trace = () => {
    context.beginPath();
    if (mark.kind === "picture") {
      [[0, -8], [8, 0], [0, 8], [-8, 0]].forEach(([dx, dy], n) => (n ? context.lineTo(left + dx, top + dy) : context.moveTo(left + dx, top + dy)));
      context.closePath();
    } else {
      context.arc(left, top, 6.5, 0, 2 * Math.PI);
      for (const [dx, dy] of [[10, 0], [0, 10]]) {
        context.moveTo(left - dx, top - dy);
        context.lineTo(left + dx, top + dy);
      }
    }
  };
  for (const [width, color] of [[strong ? 6 : 4.5, look.ground], [strong ? 2.6 : 1.8, look.ink]]) {
    trace();
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
}

/** Labels [{text, place, bold}] beside places of the map, the first ones first; none covers another, a dot or what is covered. */
export function paintLabels(context, layout, labels, covered, look) {
  const taken = [...covered];
  for (const box of labels.map(({ place }) => layout.screen(...place)).map(([x, y]) => [x - 8, y - 8, x + 8, y + 8])) taken.push(box);
  for (const { text, place, bold } of labels) {
    if (!text) continue;
    context.font = `${bold ? "600 " : ""}12px ${look.font}`;
    const size = [context.measureText(text).width, 14];
    const spot = layout.screen(...place);
    const [left, top] = labelPlace(spot, size, taken, [layout.width, layout.height]);
    const end = [Math.min(Math.max(spot[0], left - 2), left + size[0] + 2), top];
    if (Math.hypot(end[0] - spot[0], end[1] - spot[1]) > 30) {
      // so far from its place, a line leads to it
      context.beginPath();
      context.moveTo(...spot);
      context.lineTo(...end);
      context.lineWidth = 1;
      context.strokeStyle = look.muted;
      context.stroke();
    }
    write(context, text, [left, top], { align: "left", halo: look.ground, color: look.ink });
  }
}

/** A path with arrows along it. */
export function paintPath(context, layout, path, look) {
  const points = path.map(([x, y]) => layout.screen(x, y));
  for (const [width, color] of [[5, look.ground], [2.2, look.ink]]) {
    context.beginPath();
    points.forEach((point) => context.lineTo(...point));
    context.lineWidth = width;
    context.lineJoin = "round";
    context.strokeStyle = color;
    context.stroke();
  }
  context.fillStyle = look.ink;
  for (const [left, top] of points) {
    context.beginPath();
    context.arc(left, top, 2.4, 0, 2 * Math.PI);
    context.fill();
  }
  let gone = 25;
  for (let n = 1; n < points.length; n++) {
    const [dx, dy] = [points[n][0] - points[n - 1][0], points[n][1] - points[n - 1][1]];
    const length = Math.hypot(dx, dy);
    gone += length;
    if (gone < 45 || length < 1) continue;
    gone = 0;
    context.save();
    context.translate((points[n][0] + points[n - 1][0]) / 2, (points[n][1] + points[n - 1][1]) / 2);
    context.rotate(Math.atan2(dy, dx));
    context.beginPath();
    [[7, 0], [-5, 5.5], [-5, -5.5]].forEach((corner) => context.lineTo(...corner));
    context.closePath();
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = look.ground;
    context.stroke();
    context.restore();
  }
}

/** A dotted line between the lattice of the crystal and that of its picture. */
export function paintLink(context, layout, from, to, look) {
  context.beginPath();
  context.moveTo(...layout.screen(...from));
  context.lineTo(...layout.screen(...to));
  context.setLineDash([2, 3]);
  context.lineWidth = 1.5;
  context.strokeStyle = look.ink;
  context.stroke();
  context.setLineDash([]);
}

/** The dot, filled; where the hand is elsewhere, a ring there and a line between. */
export function paintDot(context, layout, dot, hand, look) {
  const [left, top] = layout.screen(...dot);
  if (hand) {
    const place = layout.screen(...hand);
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(left, top);
    context.lineTo(...place);
    context.moveTo(place[0] + 8, place[1]);
    context.arc(...place, 8, 0, 2 * Math.PI);
    context.lineWidth = 1.5;
    context.strokeStyle = look.ink;
    context.stroke();
    context.setLineDash([]);
  }
  context.beginPath();
  context.arc(left, top, 7.5, 0, 2 * Math.PI);
  context.lineWidth = 5;
  context.strokeStyle = look.ground;
  context.stroke();
  context.fillStyle = look.accent;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = look.ink;
  context.stroke();
}

/** The lattice at the dot, drawn in the empty corner: its points, and its reduced cell. */
export function paintLattice(context, layout, dot, look) {
  const side = (layout.scale.x * layout.scale.y) / (layout.scale.x + layout.scale.y) - 22;
  const [right, top] = layout.screen(1, 1);
  const radius = side / 2;
  if (!(radius >= 8)) return; // a chart that is nearly closed has no room for it
  const [cx, cy] = [right - radius + 8, top + radius - 14];
  const [a, b] = cellAt(...dot);
  // always some five cells across; long thin ones shrink
  const zoom = radius / Math.max(2.6, 1.15 * Math.hypot(...b));
  const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const at = ([x, y]) => [cx + zoom * (x - middle[0]), cy - zoom * (y - middle[1])];
  context.save();
  context.beginPath();
  context.arc(cx, cy, radius, 0, 2 * Math.PI);
  context.fillStyle = look.raised;
  context.fill();
  context.clip();
  const cell = [[0, 0], a, [2 * middle[0], 2 * middle[1]], b];
  context.beginPath();
  cell.forEach((point) => context.lineTo(...at(point)));
  context.closePath();
  context.fillStyle = "rgb(86 180 233 / 0.35)";
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = look.ink;
  context.stroke();
  context.fillStyle = look.ink;
  for (const point of pointsWithin([a, b], radius / zoom + Math.hypot(...middle) + 0.5)) {
    context.beginPath();
    context.arc(...at(point), Math.min(4.5, 0.16 * zoom + 1.2), 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
}
