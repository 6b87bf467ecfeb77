// What each widget has alone, and the page gives for it each time: the models that a host hands out are other objects each time.
// What must outlive them is kept by it; null where a host has none.
export function ownLayout(model) {
  const own = model.get("layout");
  return typeof own === "object" ? own : null;
}
