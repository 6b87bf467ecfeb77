// A drawing context as that of a canvas, which writes an SVG: what is painted on the screen can be saved as lines and letters.

const KEPT = ["fillStyle", "strokeStyle", "lineWidth", "font", "textAlign", "textBaseline", "globalAlpha", "lineJoin", "lineCap", "dash", "clipName", "matrix"];
const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
const BASELINES = { top: "text-before-edge", middle: "central", bottom: "text-after-edge", alphabetic: "alphabetic", hanging: "hanging" };

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const short = (value) => String(Number(value.toFixed(3)));

export class SvgContext {
  /** @param ruler a real context: it measures texts and knows all names of colors */
  constructor(width, height, ruler, ground = "") {
    Object.assign(this, {
      width, height, ruler, parts: [], saved: [], path: "", dash: [], clipName: "", clips: 0, matrix: [1, 0, 0, 1, 0, 0],
      fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, font: "10px sans-serif", textAlign: "start",
      textBaseline: "alphabetic", globalAlpha: 1, lineJoin: "miter", lineCap: "butt",
    });
    if (!ground) return;
    this.fillStyle = ground;
    this.fillRect(0, 0, width, height);
  }

  text() {
    const { width, height } = this;
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}">${this.parts.join("\n")}</svg>`;
  }

  // ---- state
  save() { this.saved.push(Object.fromEntries(KEPT.map((name) => [name, this[name]]))); }
  restore() { Object.assign(this, this.saved.pop() ?? {}); }
  setLineDash(dash) { this.dash = [...dash]; }
  transform(a, b, c, d, e, f) {
    const [p, q, r, s, x, y] = this.matrix;
    this.matrix = [p * a + r * b, q * a + s * b, p * c + r * d, q * c + s * d, p * e + r * f + x, q * e + s * f + y];
  }
  translate(x, y) { this.transform(1, 0, 0, 1, x, y); }
  rotate(angle) { this.transform(Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0); }

  // ---- paths
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${short(x)} ${short(y)}`; }
  lineTo(x, y) { this.path += `${this.path ? "L" : "M"}${short(x)} ${short(y)}`; }
  closePath() { this.path += "Z"; }
  rect(x, y, width, height) { this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`; }
  roundRect(x, y, width, height) { this.rect(x, y, width, height); }
  arc(x, y, radius, from, to) { this.ellipse(x, y, radius, radius, 0, from, to); }
  ellipse(x, y, rx, ry, turn, from, to) {
    const at = (angle) => {
      const [u, v] = [rx * Math.cos(angle), ry * Math.sin(angle)];
      return `${short(x + u * Math.cos(turn) - v * Math.sin(turn))} ${short(y + u * Math.sin(turn) + v * Math.cos(turn))}`;
    };
    const bow = (end, large) => `A${short(rx)} ${short(ry)} ${short((turn * 180) / Math.PI)} ${large} 1 ${at(end)}`;
    const whole = Math.abs(to - from) >= 2 * Math.PI - 1e-6;
    this.path += `${this.path && !whole ? "L" : "M"}${at(from)}`;
    this.path += whole ? `${bow(from + Math.PI, 0)}${bow(to, 0)}Z` : bow(to, to - from > Math.PI ? 1 : 0);
  }
  clip() {
    this.clipName = `clip${(this.clips += 1)}`;
    this.parts.push(`<clipPath id="${this.clipName}"><path d="${this.path}"${this.place()}/></clipPath>`);
  }

  // ---- painting
  place() {
    const moved = this.matrix.some((value, n) => value !== [1, 0, 0, 1, 0, 0][n]);
    return moved ? ` transform="matrix(${this.matrix.map((value) => short(value)).join(" ")})"` : "";
  }
  /** A color as old readers of SVG know it, and how opaque it is. */
  color(style) {
    this.ruler.fillStyle = "#000000";
    this.ruler.fillStyle = style;
    const known = String(this.ruler.fillStyle);
    const parts = known.startsWith("#") ? null : known.match(/[\d.]+/g)?.map(Number);
    return parts ? [`#${parts.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`, parts[3] ?? 1] : [known, 1];
  }
  paint(kind, style) {
    const [color, opacity] = this.color(style);
    const seen = opacity * this.globalAlpha;
    return ` ${kind}="${color}"${seen < 1 ? ` ${kind}-opacity="${short(seen)}"` : ""}`;
  }
  line() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    return ` fill="none"${this.paint("stroke", this.strokeStyle)} stroke-width="${short(this.lineWidth)}" stroke-linejoin="${this.lineJoin}" stroke-linecap="${this.lineCap}"${dash}`;
  }
  add(tag, attributes, content = "") {
    const clip = this.clipName ? ` clip-path="url(#${this.clipName})"` : "";
    const part = `<${tag}${attributes}${this.place()}`;
    // a clip is told in the coordinates of the page, and the part in its own
    this.parts.push(clip ? `<g${clip}>${part}>${content}</${tag}></g>` : `${part}>${content}</${tag}>`);
  }
  fill() { if (this.path) this.add("path", ` d="${this.path}"${this.paint("fill", this.fillStyle)}`); }
  stroke() { if (this.path) this.add("path", ` d="${this.path}"${this.line()}`); }
  clearRect() {}
  fillRect(x, y, width, height) {
    this.add("rect", ` x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"${this.paint("fill", this.fillStyle)}`);
  }
  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }
  write(text, x, y, look) {
    const font = escaped(this.font);
    const lies = `text-anchor="${ANCHORS[this.textAlign]}" dominant-baseline="${BASELINES[this.textBaseline]}"`;
    this.add("text", ` x="${short(x)}" y="${short(y)}" style="font:${font}" ${lies}${look}`, escaped(text));
  }
  fillText(text, x, y) { this.write(text, x, y, this.paint("fill", this.fillStyle)); }
  strokeText(text, x, y) { this.write(text, x, y, this.line()); }
  drawImage(image, x, y, width = image.width, height = image.height) {
    this.add("image", ` x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" href="${image.toDataURL("image/png")}"`);
  }
}

/** The SVG of what a function draws on a context, over a ground. */
export function svgOf({ width, height }, ground, draw) {
  const context = new SvgContext(width, height, document.createElement("canvas").getContext("2d"), ground);
  draw(context);
  return context.text();
}
