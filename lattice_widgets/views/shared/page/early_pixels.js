// Pixels that come while the page still builds the view that shows them. A question for them would be answered only after all
// cells of a "Run All".
import { bytesOf } from "./bytes.js";
import { ownLayout } from "./own_layout.js";
import { revive } from "./revive.js";

const EARLY = new WeakMap(); // by the layout of the widget

export function keepEarly({ model }) {
  revive({ model });
  const own = ownLayout(model);
  if (!own) return;
  model.on("msg:custom", (message, buffers) => {
    if (message.pixels !== undefined) EARLY.set(own, { number: message.pixels, pixels: bytesOf(buffers[0]) });
  });
}

// those of the picture that the model has now, if they came
export function earlyPixels(model) {
  const early = EARLY.get(ownLayout(model));
  return early?.number === model.get("picture_number") ? early : null;
}
