// The distribution of gray values behind the two limits of the contrast: which values are drawn darkest and brightest.
//
// The limits are two sliders over one track, each with its own name and keys; a press on the track moves the nearer one.

const BARS = 84;

/** Heights 0..1 of the bars, dark to bright: the root of the counts, so that few bright pixels are seen beside many dark ones. */
export function histogramBars(counts, tones, bars = BARS) {
  const sums = new Float64Array(bars);
  counts.forEach((count, byte) => {
    if (tones[byte] >= 0) sums[Math.min(bars - 1, Math.floor(tones[byte] * bars))] += count;
  });
  const most = Math.max(...sums);
  return Array.from(sums, (sum) => (most > 0 ? Math.sqrt(sum / most) : 0));
}

/** Which of two limits a press at a place 0..1 moves: the nearer one; where both lie together, the one on its side. */
export function nearerLimit(place, { low, high }) {
  if (place <= low) return "low";
  if (place >= high) return "high";
  return place - low < high - place ? "low" : "high";
}

/**
 * Put two sliders over a histogram.
 * @param low, high the sliders, from 0 to 1
 * @param distribution () -> {counts, tones} of the picture that is shown, or null
 * @returns {node, draw}: the element, and a function that draws what the sliders say now
 */
export function buildHistogram(low, high, distribution) {
  const canvas = document.createElement("canvas");
  canvas.className = "lw-histogram";
  canvas.setAttribute("aria-hidden", "true");
  const node = document.createElement("span");
  node.className = "lw-levels";
  node.append(canvas, low, high);

  function draw() {
    const found = canvas.clientWidth > 0 ? distribution() : null; // folded away: nothing to draw
    if (!found) return;
    const density = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    [canvas.width, canvas.height] = [Math.round(width * density), Math.round(height * density)];
    const context = canvas.getContext("2d");
    context.scale(density, density);
    const style = getComputedStyle(node);
    const [from, to] = [Number(low.value), Number(high.value)];
    histogramBars(found.counts, found.tones).forEach((tall, number, all) => {
      const middle = (number + 0.5) / all.length;
      context.fillStyle = style.getPropertyValue(middle < from || middle > to ? "--lw-line" : "--lw-muted");
      const size = Math.max(tall * height, tall > 0 ? 1 : 0);
      context.fillRect((number / all.length) * width, height - size, width / all.length + 0.5, size);
    });
  }

  function moveNearer(event) {
    event.preventDefault(); // or the press would take the focus away again
    const box = canvas.getBoundingClientRect();
    const place = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    const moved = nearerLimit(place, { low: Number(low.value), high: Number(high.value) }) === "low" ? low : high;
    moved.value = String(place);
    moved.focus();
    moved.dispatchEvent(new Event("input"));
  }
  canvas.addEventListener("mousedown", moveNearer);
  return { node, draw };
}
