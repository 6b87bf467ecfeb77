// Run by tests/views/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);

// A page whose frames come when the test says so.
function playedAt(settings, moments) {
  const seen = [];
  let [frame, next] = [settings.frame ?? 0, null];
  globalThis.requestAnimationFrame = (act) => ((next = act), 1);
  globalThis.cancelAnimationFrame = () => (next = null);
  const model = { get: (name) => settings[name] };
  const clock = views.movieClock(model, {
    frame: () => frame, goTo: (n) => seen.push((frame = n)), count: () => settings.count,
    stop: () => (settings.playing = false), lives: () => settings.lives ?? true,
  });
  clock.start();
  for (const now of moments) {
    const act = next;
    next = null;
    act?.(now);
  }
  return { seen, asks: next !== null };
}

test("frames come at the speed that was asked for, whatever the page's own", () => {
  const slow = playedAt({ playing: true, speed: 10, count: 100 }, [1000, 1090, 1100, 1150, 1200, 1450]);
  assert.deepEqual(slow.seen, [1, 2, 4]);
  assert.ok(slow.asks);
});

test("a page that slept does not jump", () => {
  assert.deepEqual(playedAt({ playing: true, speed: 10, count: 100 }, [1000, 1100, 9000, 9100]).seen, [1, 2]);
});

test("at its end a movie stops, or begins again", () => {
  const once = playedAt({ playing: true, speed: 10, count: 3, frame: 1 }, [1000, 1100, 1200, 1300, 1400]);
  assert.deepEqual([once.seen.at(-1), once.asks], [2, false]);
  assert.deepEqual(playedAt({ playing: true, loop: true, speed: 10, count: 3, frame: 1 }, [1000, 1100, 1200]).seen, [2, 0]);
});

test("what does not play, or is gone, asks for no frames", () => {
  assert.equal(playedAt({ playing: false, speed: 10, count: 3 }, [1000]).asks, false);
  assert.equal(playedAt({ playing: true, lives: false, speed: 10, count: 3 }, [1000]).asks, false);
});
