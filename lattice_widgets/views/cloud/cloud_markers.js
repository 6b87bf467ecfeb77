// Markers of a map of points: outlines, small canvases to copy, and the colors of values.
const SHADES = 32;

// The outline of a marker of radius r around the origin.
function traceMarker(context, marker, r) {
  const corners = {
    diamond: [[0, -1.25], [1.05, 0], [0, 1.25], [-1.05, 0]],
    "triangle-up": [[0, -1.2], [1.1, 0.85], [-1.1, 0.85]],
    "triangle-down": [[0, 1.2], [1.1, -0.85], [-1.1, -0.85]],
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    cross: [[-1, -0.6], [-0.6, -1], [0, -0.4], [0.6, -1], [1, -0.6], [0.4, 0], [1, 0.6], [0.6, 1], [0, 0.4], [-0.6, 1], [-1, 0.6], [-0.4, 0]],
  }[marker];
  context.beginPath();
  if (!corners) context.arc(0, 0, r, 0, 2 * Math.PI);
  else corners.forEach(([x, y], i) => (i ? context.lineTo(x * r, y * r) : context.moveTo(x * r, y * r)));
  context.closePath();
}

// A marker around the origin.
export function drawMarker(context, marker, color, radius) {
  traceMarker(context, marker, radius);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 0.6;
  context.strokeStyle = "rgb(128 128 128 / 0.7)";
  context.stroke();
}

// One small canvas for each marker and color: twenty thousand of them are copied faster than drawn.
export function spriteMaker(density) {
  const sprites = new Map();
  return (marker, color, radius) => {
    const key = `${marker} ${color} ${radius}`;
    if (!sprites.has(key)) {
      const sprite = document.createElement("canvas");
      sprite.width = sprite.height = Math.ceil(2 * (radius * 1.3 + 1.5) * density);
      const context = sprite.getContext("2d");
      context.setTransform(density, 0, 0, density, sprite.width / 2, sprite.height / 2);
      drawMarker(context, marker, color, radius);
      sprites.set(key, sprite);
    }
    return sprites.get(key);
  };
}

// The color of a value from 0 to 1 in a color table; gray if it is unknown.
export function shadeColor(table, shade) {
  if (Number.isNaN(shade)) return "#808080";
  const at = 3 * Math.round((Math.round(shade * (SHADES - 1)) / (SHADES - 1)) * 255);
  return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`;
}
