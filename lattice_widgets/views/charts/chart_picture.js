// The SVG of a bqplot chart as a picture that stands for itself: styles written into it, dark on white, its legend below.

const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size",
  "font-weight", "text-anchor", "dominant-baseline", "display", "visibility",
];
const SVG_SPACE = "http://www.w3.org/2000/svg";
/** As in print, whatever the theme of the page. */
const PRINT = { "--jp-content-font-color1": "#212121", "--jp-ui-font-color1": "#212121", "--jp-ui-font-color2": "#5a5a5a", color: "#212121" };
const LEGEND_LINE = 20;

function svgElement(tag, attributes, text = "") {
  const made = document.createElementNS(SVG_SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** Put the entries of a legend into lines: [{x, line, ...entry}]; `widthOf` measures a text [px]. */
export function placeLegend(entries, room, widthOf) {
  let [x, line] = [8, 0];
  return entries.map((entry) => {
    const width = widthOf(entry.text) + 34;
    if (x > 8 && x + width > room) [x, line] = [8, line + 1];
    const placed = { ...entry, x, line };
    x += width;
    return placed;
  });
}

/**
 * Make the picture.
 * @param figure the element of the chart
 * @param title  line above it; may be empty
 * @param legend [{glyph, color, text}]
 * @returns {text, width, height}: an SVG document and its size [CSS px]
 */
export function chartPicture(figure, title, legend) {
  const { width, height } = figure.getBoundingClientRect();
  // beside the chart, where all styles of the page reach it, and no eye does
  const copy = figure.cloneNode(true);
  Object.assign(copy.style, { position: "absolute", visibility: "visible", left: "-99999px", width: `${width}px`, height: `${height}px` });
  for (const [name, value] of Object.entries(PRINT)) copy.style.setProperty(name, value);
  figure.parentElement.append(copy);
  const above = title ? 26 : 0;
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = "12px sans-serif";
  const entries = placeLegend(legend, width, (text) => measure.measureText(text).width);
  const below = entries.length ? (entries.at(-1).line + 1) * LEGEND_LINE + 6 : 0;
  const whole = height + above + below;
  const root = svgElement("svg", { xmlns: SVG_SPACE, width, height: whole, viewBox: `0 0 ${width} ${whole}` });
  root.append(svgElement("rect", { width, height: whole, fill: "#ffffff" }));
  if (title) root.append(svgElement("text", { x: 8, y: 18, "font-family": "sans-serif", "font-size": 14, "font-weight": "bold", fill: "#212121" }, title));
  for (const layer of copy.querySelectorAll("svg")) {
    if (layer.parentElement.closest("svg")) continue;
    const bounds = layer.getBoundingClientRect();
    if (!(bounds.width > 0) || getComputedStyle(layer).display === "none") continue;
    for (const part of [layer, ...layer.querySelectorAll("*")]) {
      const style = getComputedStyle(part);
      const kept = STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
      part.setAttribute("data-kept", kept);
    }
    const group = svgElement("svg", { x: 0, y: above, width, height, overflow: "visible" });
    group.append(...[...layer.childNodes].map((part) => part.cloneNode(true)));
    root.append(group);
  }
  copy.remove();
  for (const part of root.querySelectorAll("[data-kept]")) {
    part.setAttribute("style", part.dataset.kept);
    for (const name of ["data-kept", "class"]) part.removeAttribute(name);
  }
  for (const { glyph, color, text, x, line } of entries) {
    const y = above + height + (line + 1) * LEGEND_LINE - 6;
    root.append(svgElement("text", { x, y, "font-family": "sans-serif", "font-size": 14, fill: color }, glyph));
    root.append(svgElement("text", { x: x + 18, y, "font-family": "sans-serif", "font-size": 12, fill: "#212121" }, text));
  }
  return { text: new XMLSerializer().serializeToString(root), width, height: whole };
}

/** Draw an SVG document on a canvas, so many times larger. */
export async function paintSvg({ text, width, height }, density = 2) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * density), height: Math.round(height * density) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
