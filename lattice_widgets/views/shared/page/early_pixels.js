// Pixels that come while the page still builds the view that shows them. A question for them would be answered only after all
// cells of a "Run All".
const EARLY = new WeakMap(); // by what each widget has alone: the models that a host hands out are other objects each time
export const bytesOf = (data) => new Uint8Array(data?.buffer ?? new ArrayBuffer(0), data?.byteOffset ?? 0, data?.byteLength ?? 0);

export function keepEarly({ model }) {
  const own = model.get("layout");
  if (typeof own !== "object" || own === null) return;
  model.on("msg:custom", (message, buffers) => {
    if (message.pixels !== undefined) EARLY.set(own, { number: message.pixels, pixels: bytesOf(buffers[0]) });
  });
}

// those of the picture that the model has now, if they came
export function earlyPixels(model) {
  const early = EARLY.get(model.get("layout"));
  return early?.number === model.get("picture_number") ? early : null;
}
