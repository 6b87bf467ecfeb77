// What has come from Python of a movie: its frames, what was found in them, and the curves of its chart. The first frames come
// while the page still builds the view that shows them: a question for them would be answered only after all cells of a
// "Run All". So a widget has one store from its beginning on, and each of its views shows that.
import { bytesOf } from "../shared/page/bytes.js";
import { ownLayout } from "../shared/page/own_layout.js";
import { revive } from "../shared/page/revive.js";

const NO_CURVES = { fractions: null, errors: null, holes: null, truth: null, fit: null };
const doublesIn = (buffer) => new Float64Array(bytesOf(buffer).slice().buffer);

const STORES = new WeakMap(); // by the layout of the widget

export function keepMovie({ model }) {
  revive({ model });
  const own = ownLayout(model);
  if (!own) return;
  STORES.set(own, movieStore());
  model.on("msg:custom", STORES.get(own).receive);
}

// that of the model, and whether it hears by itself what comes
export function storeOf(model) {
  const store = STORES.get(ownLayout(model));
  return store ? { store, hears: true } : { store: movieStore(), hears: false };
}

export function movieStore() {
  const data = { times: new Float64Array(0), ...NO_CURVES };
  const held = { data, receive, number: 0 };
  empty();

  // frames, overlays and outlines by the number of the frame: bytes of those that have come
  function empty() {
    Object.assign(held, { frames: [], overlays: [], outlines: [], edges: { rows: [], cols: [] } });
  }

  function receive(message, buffers) {
    const { part } = message;
    if (part === "times") {
      if (message.number === held.number) return; // the same movie once more, for another view of it
      empty();
      held.number = message.number;
      Object.assign(data, { times: doublesIn(buffers[0]), ...NO_CURVES });
    } else if (part === "frames") {
      const each = message.size;
      const all = bytesOf(buffers[0]).slice();
      for (let n = 0; n * each < all.length; n++) held.frames[message.first + n] = all.subarray(n * each, (n + 1) * each);
    } else if (part === "grid") {
      const [rows, cols, rowStarts, colStarts] = buffers.map((one) => Array.from(doublesIn(one)));
      held.edges = { rows, cols, rowStarts, colStarts };
    } else if (part === "overlay") {
      held.overlays[message.number] = bytesOf(buffers[0]).slice();
      held.outlines[message.number] = bytesOf(buffers[1]).slice();
    } else if (part === "series") {
      [data.fractions, data.errors] = [doublesIn(buffers[0]), doublesIn(buffers[1])];
      data.holes = buffers.length > 2 ? doublesIn(buffers[2]) : null;
    } else if (part === "truth") data.truth = buffers.length ? doublesIn(buffers[0]) : null;
    else if (part === "fit") {
      const [times, curve, band] = buffers.map(doublesIn);
      data.fit = buffers.length ? { times, curve, band, label: message.label } : null;
    }
  }

  return held;
}
