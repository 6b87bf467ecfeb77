// anywidget gives a model two seconds to load its module. On a machine that is busier it then throws away, for good, all that the
// kernel sends to the model, although it is there a moment later (docs/upstream.md). Here such a model hears its kernel again.
const NOTHING = { content: { data: { method: "nothing" } } };

/** Look once, when the page has loaded the module of a widget, whether it hears its kernel; mend it where it does not. */
export function revive({ model }) {
  let looked = false;
  // who listens for a change is given the model itself; the one that anywidget hands out has no way to it
  model.on("change:page_checks", async (whole) => {
    if (looked || typeof whole?._handle_comm_msg !== "function") return; // another host than anywidget
    looked = true;
    try {
      await whole._handle_comm_msg(NOTHING);
    } catch {
      const hear = Object.getPrototypeOf(Object.getPrototypeOf(whole))._handle_comm_msg;
      whole.comm?.on_msg((message) => hear.call(whole, message));
      whole.comm?.send({ method: "request_state" }); // what was thrown away
    }
  });
  model.set("page_checks", (model.get("page_checks") ?? 0) + 1);
}
