// The clock of a movie: which frame is due, at the speed that was asked for, whatever the page's own rate.
export function movieClock(model, { frame, goTo, count, stop, lives }) {
  let ticket = 0;
  let due = 0;
  function tick(now) {
    ticket = 0;
    if (!model.get("playing") || !lives()) return;
    const gap = 1000 / model.get("speed");
    if (!due || now - due > 500) due = now;
    const steps = Math.floor((now - due) / gap + 0.02);
    if (steps > 0) {
      due += steps * gap;
      const next = frame() + steps;
      if (next < count()) goTo(next);
      else if (model.get("loop") && count() > 1) goTo(next % count());
      else {
        goTo(count() - 1);
        stop();
      }
    }
    ticket = requestAnimationFrame(tick);
  }
  return {
    start() {
      due = 0;
      if (model.get("playing")) ticket ||= requestAnimationFrame(tick);
    },
    end: () => cancelAnimationFrame(ticket),
  };
}
