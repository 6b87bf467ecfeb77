// What a view asks of its kernel when it is drawn: that which was sent before the view was there. With it goes what is known.
export function askForState(model, what, known = {}) {
  try {
    model.send({ ask: what, ...known });
  } catch {
    // a page that is being left has no kernel any more
  }
}
