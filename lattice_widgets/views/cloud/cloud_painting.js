// What a map of many points looks like: its points, and over them the path, the placed points, the chosen, the lasso.
import { colorTable } from "../shared/color_maps.js";
import { _ } from "../shared/words.js";
import { shadeColor } from "./cloud_markers.js";

const FAR = 1; // flags of a placed point

function circle(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.stroke();
}

// `mark(marker, color, size, x, y)` draws one point: as a picture on a canvas, as lines in an SVG
export function drawPoints(context, scene, mark) {
  const { colors, markers, data, screen, hidden, radius } = scene;
  const table = colorTable("viridis");
  const count = data.points.length / 2;
  const byValue = data.shades.length === count;
  for (let n = 0; n < count; n++) {
    if (hidden(n)) continue;
    const kind = data.classes[n];
    const color = byValue ? shadeColor(table, data.shades[n]) : colors[kind];
    mark(markers[kind] ?? "circle", color ?? "#808080", radius, screen[2 * n], screen[2 * n + 1]);
  }
  context.lineWidth = 1;
  context.strokeStyle = scene.ink;
  for (let n = 0; n < data.ringed.length; n++) {
    if (data.ringed[n] && !hidden(n)) circle(context, screen[2 * n], screen[2 * n + 1], radius * 1.7);
  }
}

export function drawOver(context, scene) {
  if (scene.path.length > 2) drawPath(context, scene);
  drawPlaced(context, scene);
  const { screen, radius, hovered, lasso } = scene;
  context.lineWidth = 2;
  context.strokeStyle = scene.accent;
  for (const n of scene.selected) if (2 * n < screen.length && !scene.hidden(n)) circle(context, screen[2 * n], screen[2 * n + 1], radius + 2.5);
  if (hovered >= 0 && 2 * hovered < screen.length) {
    context.strokeStyle = scene.ink;
    circle(context, screen[2 * hovered], screen[2 * hovered + 1], radius + 5);
  }
  if (lasso && lasso.length > 1) {
    context.beginPath();
    for (const { x, y } of lasso) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = `color-mix(in srgb, ${scene.accent} 15%, transparent)`;
    context.fill();
    context.strokeStyle = scene.accent;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

function drawPath(context, { path, ground, ink, font }) {
  context.beginPath();
  for (let i = 0; i < path.length; i += 2) context.lineTo(path[i], path[i + 1]);
  for (const [width, color] of [[4, ground], [2, ink]]) {
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
  context.font = `12px ${font}`;
  context.fillStyle = ink;
  context.fillText(_("start"), path[0] + 6, path[1] - 6);
  context.fillText(_("end"), path.at(-2) + 6, path.at(-1) - 6);
}

function drawPlaced(context, { placed, data, marked }) {
  for (let n = 0; 2 * n < placed.length; n++) {
    const [x, y] = [placed[2 * n], placed[2 * n + 1]];
    context.fillStyle = marked.has(n) ? "#ffd24a" : "rgb(255 255 255 / 0.85)";
    context.strokeStyle = "#000000";
    context.lineWidth = marked.has(n) ? 2.2 : 1.2;
    context.setLineDash(data.flags[n] & FAR ? [2, 2] : []);
    context.beginPath();
    context.arc(x, y, marked.has(n) ? 5 : 3.6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.setLineDash([]);
}
