// From the bytes of a picture to colors: pure functions, no DOM. Colors only: nothing here changes a value.
//
// A byte b stands for a value of the picture (see picture_bytes.py). On its way to the screen it goes through
//   u  = place of the byte between the lowest and the highest byte,   0..1   (byteFraction)
//   t  = the same on the axis that is shown, linear or logarithmic,   0..1   (toneCurve)
//   s  = t between the contrast limits, to the power of gamma,        0..1   (displayTable)
// and s picks the color. All of it is one table of 256 colors, so that a picture of any size costs one look-up a pixel.

import COLOR_TABLES from "./color_tables.json" with { type: "json" };

// In the file, read by Python too: evenly spaced colors, two digits a channel; colors between them are interpolated.
// afmhot (the field's "gold" of STM), inferno, magma, viridis and cividis are Matplotlib's (CC0).
export const COLOR_MAPS = [...Object.keys(COLOR_TABLES), "gray_r"];

/** The 256 colors of a map, as 768 bytes red, green, blue. "_r" at the end of the name turns it round. */
export function colorTable(name) {
  const reversed = name.endsWith("_r");
  const hex = COLOR_TABLES[reversed ? name.slice(0, -2) : name];
  if (!hex) throw new Error(`There is no color map named "${name}". There are: ${COLOR_MAPS.join(", ")}.`);
  const last = hex.length / 6 - 1;
  const channel = (anchor, k) => parseInt(hex.slice(6 * anchor + 2 * k, 6 * anchor + 2 * k + 2), 16);
  const table = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const place = ((reversed ? 255 - i : i) / 255) * last;
    const anchor = Math.min(Math.floor(place), last - 1);
    const part = place - anchor;
    for (let k = 0; k < 3; k++) {
      table[3 * i + k] = Math.round(channel(anchor, k) * (1 - part) + channel(anchor + 1, k) * part);
    }
  }
  return table;
}

/** Place of a byte between lowest and highest, 0..1. Where pixels are missing, byte 0 means "no value" -> null. */
export function byteFraction(byte, missing) {
  if (!missing) return byte / 255;
  return byte === 0 ? null : (byte - 1) / 254;
}

/** The value that a byte stands for, in the unit of the picture; null for a missing pixel. */
export function byteValue(byte, { low, high, scale, missing }) {
  const u = byteFraction(byte, missing);
  if (u === null) return null;
  if (scale === "log" && low > 0) return low * (high / low) ** u;
  return low + u * (high - low);
}

// log display compresses three decades; a spectrum's weak spots then stand beside its strong ones
const LOG_STRENGTH = 999;

/** 256 places t in 0..1 on the axis that is shown; -1 for "no value". */
export function toneCurve(values, log) {
  const span = values.high - values.low;
  return Float64Array.from({ length: 256 }, (_, byte) => {
    const value = byteValue(byte, values);
    if (value === null) return -1;
    const x = span > 0 ? (value - values.low) / span : byte / 255;
    return log ? Math.log1p(LOG_STRENGTH * x) / Math.log1p(LOG_STRENGTH) : x;
  });
}

/** 256 display colors as 32-bit words for an ImageData (bytes red, green, blue, alpha). */
export function displayTable({ colorMap, tones, low, high, gamma }) {
  const colors = colorTable(colorMap);
  const bytes = new Uint8ClampedArray(1024);
  const span = Math.max(high - low, 1e-6);
  for (let i = 0; i < 256; i++) {
    if (tones[i] < 0) continue; // no value: transparent, the checked ground shows through
    const s = Math.min(Math.max((tones[i] - low) / span, 0), 1) ** gamma;
    const c = 3 * Math.round(255 * s);
    bytes.set([colors[c], colors[c + 1], colors[c + 2], 255], 4 * i);
  }
  return new Uint32Array(bytes.buffer);
}

/** How many pixels have each byte. */
export function histogram(pixels) {
  const counts = new Uint32Array(256);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]]++;
  return counts;
}

/** Contrast limits {low, high} in 0..1 that leave `percent` of the pixels out at either end. */
export function percentileLimits(counts, tones, percent) {
  const shown = Array.from(counts, (count, byte) => (tones[byte] < 0 ? 0 : count));
  const cut = (shown.reduce((a, b) => a + b, 0) * percent) / 100;
  const walk = (bytes) => {
    let sum = 0;
    for (const byte of bytes) {
      sum += shown[byte];
      if (sum > cut) return tones[byte];
    }
    return null;
  };
  const up = [...shown.keys()];
  const low = walk(up);
  const high = walk(up.reverse());
  return low === null || high === null || high <= low ? { low: 0, high: 1 } : { low, high };
}
