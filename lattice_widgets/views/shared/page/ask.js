// What a view asks of its kernel when it is drawn: that which was sent before the view was there.
export function askForState(model, what) {
  try {
    model.send({ ask: what });
  } catch {
    // a page that is being left has no kernel any more
  }
}
