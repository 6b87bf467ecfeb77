// Places on a chart against time: pure functions, no DOM.

/** A linear scale: value -> screen, and back. */
export function linearScale(low, high, start, end) {
  const factor = high > low ? (end - start) / (high - low) : 0;
  return {
    low,
    high,
    to: (value) => start + (value - low) * factor,
    from: (place) => (factor ? low + (place - start) / factor : low),
  };
}

/** Round numbers from low to high, about `count` of them. */
export function roundTicks(low, high, count) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const raw = span / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((s) => s * power >= raw * 0.999) * power;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** The number of the entry of a rising list that is nearest to a value; -1 if there is none. */
export function nearestIndex(list, value) {
  if (!list.length) return -1;
  let [low, high] = [0, list.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) low = middle;
    else high = middle;
  }
  return Math.abs(list[high] - value) < Math.abs(value - list[low]) ? high : low;
}

/** The largest finite number of some lists, or what is given if there is none. */
export function largest(lists, otherwise) {
  let found = -Infinity;
  for (const list of lists) for (const value of list) if (value > found && Number.isFinite(value)) found = value;
  return Number.isFinite(found) ? found : otherwise;
}

/** Which cell of a grid a place lies in, by the rising borders of the cells; the outermost ones reach to the end. */
export function cellAt(edges, place) {
  let cell = 0;
  while (cell < edges.length - 2 && place >= edges[cell + 1]) cell++;
  return cell;
}

/** Red, green, blue of classes mixed by their probabilities (bytes), from colors "#rrggbb". */
export function mixColors(bytes, offset, colors) {
  const mixed = [0, 0, 0];
  let total = 0;
  for (let k = 0; k < colors.length; k++) {
    const p = bytes[offset + k];
    total += p;
    for (let c = 0; c < 3; c++) mixed[c] += p * parseInt(colors[k].slice(1 + 2 * c, 3 + 2 * c), 16);
  }
  return mixed.map((value) => Math.round(value / Math.max(total, 1)));
}
