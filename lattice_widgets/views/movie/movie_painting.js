// What is drawn of a frame: its pixels in colors, the outlines of its holes, and the classes of its windows over it.
import { colorTable, displayTable, histogram, percentileLimits, toneCurve } from "../shared/color_maps.js";
import { drawPicture } from "../canvas/picture_drawing.js";
import { toScreen } from "../canvas/picture_geometry.js";
import { mixColors } from "./chart_geometry.js";

const HOLE = 0xff4ad2ff; // yellow, as a word of an ImageData
export const PACKED = 7; // bytes a window: six probabilities and the entropy

const GRAYS = { low: 0, high: 255, scale: "linear", missing: false };

/** Makes a function that colors frames; memory and table of colors are kept as long as they fit. */
export function framePainter(model) {
  const source = document.createElement("canvas");
  let image = null;
  let words = null;

  /** Contrast limits of a frame, 0 to 1. */
  function limits(pixels) {
    const cut = model.get("contrast_cut");
    if (cut > 0 && pixels) return percentileLimits(histogram(pixels), toneCurve(GRAYS, model.get("log")), cut);
    return { low: model.get("low"), high: model.get("high") };
  }

  /** How many pixels of a frame have each byte, and where it lies between dark and bright; null without a frame. */
  function distribution(pixels) {
    return pixels ? { counts: histogram(pixels), tones: toneCurve(GRAYS, model.get("log")) } : null;
  }

  /** Draw a frame: `pixels` one byte each, `outline` one bit each or null, `view` in pixels of these frames. */
  function paint(context, pixels, outline, view, frame) {
    const [rows, cols] = [model.get("rows"), model.get("cols")];
    if (!image || image.width !== cols || image.height !== rows) {
      [source.width, source.height] = [cols, rows];
      image = new ImageData(cols, rows);
      words = new Uint32Array(image.data.buffer);
    }
    const tones = toneCurve(GRAYS, model.get("log"));
    const table = displayTable({ tones, colorMap: model.get("color_map"), gamma: model.get("gamma"), ...limits(pixels) });
    for (let i = 0; i < words.length; i++) words[i] = table[pixels[i]];
    for (let i = 0; outline && i < outline.length; i++) {
      const byte = outline[i];
      if (byte) for (let b = 0; b < 8; b++) if (byte & (128 >> b)) words[8 * i + b] = HOLE;
    }
    source.getContext("2d").putImageData(image, 0, 0);
    drawPicture(context, source, view, frame, model.get("smooth"));
  }
  return { limits, distribution, paint };
}

/** Lay the classes of a frame over it; `found` as it is packed in Python, `edges` of the windows {rows, cols} [px]. */
export function paintCells(context, model, found, edges, view, frame) {
  const mode = model.get("overlay");
  const colors = model.get("class_colors");
  const single = model.get("class_names").indexOf(mode);
  const table = mode === "entropy" ? colorTable("viridis") : null;
  const strength = model.get("opacity");
  const cols = edges.cols.length - 1;
  for (let r = 0; r < edges.rows.length - 1; r++) {
    for (let c = 0; c < cols; c++) {
      const at = PACKED * (r * cols + c);
      if (found[at + PACKED - 1] === 255) continue; // blank
      let alpha = strength;
      let color;
      if (table) color = `${table[3 * found[at + 6]]} ${table[3 * found[at + 6] + 1]} ${table[3 * found[at + 6] + 2]}`;
      else if (single >= 0) {
        color = mixColors([255], 0, [colors[single]]).join(" ");
        alpha *= found[at + single] / 255;
      } else color = mixColors(found.subarray(at, at + 6), 0, colors).join(" ");
      context.fillStyle = `rgb(${color} / ${alpha})`;
      const start = toScreen(edges.rows[r] + 0.5, edges.cols[c] + 0.5, view, frame);
      const end = toScreen(edges.rows[r + 1] + 0.5, edges.cols[c + 1] + 0.5, view, frame);
      const [left, top] = [Math.round(start.x), Math.round(start.y)];
      context.fillRect(left, top, Math.round(end.x) - left, Math.round(end.y) - top);
    }
  }
}
