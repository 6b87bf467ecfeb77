// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const { inMegabytes, percentOf, sendFile } = await import(process.env.VIEWS_MODULE);

/** A kernel that takes parts; `deaf` says which of the messages it never hears, `mute` which it hears but does not answer. */
function kernelOf({ deaf = () => false, mute = () => false, lost = () => false } = {}) {
  const got = [];
  const heard = [];
  const answers = [];
  return {
    got,
    heard,
    post(content, buffer) {
      const count = heard.push(content.act);
      if (content.act === "cancel" || deaf(count)) return;
      if (lost(count)) return void answers.push({ act: "lost" });
      if (content.act === "part" && content.number === got.length) got.push(new Uint8Array(buffer));
      if (!mute(count)) answers.push({ act: "got", parts: got.length });
    },
    answer: async () => answers.shift() ?? null,
  };
}

const content = Uint8Array.from({ length: 23 }, (_, place) => place);
const file = { name: "a.tif", size: content.length, slice: (from, to) => ({ arrayBuffer: async () => content.slice(from, to).buffer }) };

function send(kernel, what = file, more = {}) {
  const seen = { progress: [], silence: [] };
  const settings = {
    partSize: 5, patience: 1000, attempts: 3, isCancelled: () => false,
    onProgress: (bytes) => seen.progress.push(bytes), onSilence: (seconds) => seen.silence.push(seconds), ...more,
  };
  return sendFile(what, kernel, settings).then((outcome) => ({ outcome, ...seen }));
}

const whole = (kernel) => kernel.got.flatMap((part) => [...part]);

test("all parts come, in order, and it is told how far it is", async () => {
  const kernel = kernelOf();
  const { outcome, progress, silence } = await send(kernel);
  assert.equal(outcome, "done");
  assert.deepEqual(whole(kernel), [...content]);
  assert.deepEqual(progress, [5, 10, 15, 20, 23]);
  assert.deepEqual(silence, []);
  assert.equal(kernel.heard.includes("cancel"), false);
});

test("what got lost on the way is sent again, and nothing is there twice", async () => {
  for (const trouble of [{ deaf: (count) => [1, 4, 5].includes(count) }, { mute: (count) => [1, 3].includes(count) }]) {
    const kernel = kernelOf(trouble);
    const { outcome, silence } = await send(kernel);
    assert.equal(outcome, "done");
    assert.deepEqual(whole(kernel), [...content]);
    assert.ok(silence.length > 0);
  }
});

test("a kernel that stays silent is given up, and told so", async () => {
  const kernel = kernelOf({ deaf: (count) => count > 2 });
  const { outcome, silence } = await send(kernel);
  assert.equal(outcome, "silent");
  assert.deepEqual(silence, [1, 2, 3]);
  assert.equal(kernel.heard.at(-1), "cancel");
});

test("a kernel that knows nothing of the file ends it", async () => {
  assert.equal((await send(kernelOf({ lost: (count) => count === 3 }))).outcome, "lost");
});

test("canceled means that no more is sent", async () => {
  const kernel = kernelOf();
  const { outcome } = await send(kernel, file, { isCancelled: () => kernel.got.length >= 2 });
  assert.equal(outcome, "cancelled");
  assert.equal(kernel.got.length, 2);
  assert.equal(kernel.heard.at(-1), "cancel");
});

test("a file that cannot be read, or has become shorter, is not sent", async () => {
  const gone = { ...file, slice: () => ({ arrayBuffer: async () => { throw new Error("NotReadableError"); } }) };
  const shorter = { ...file, slice: () => ({ arrayBuffer: async () => new ArrayBuffer(2) }) };
  for (const broken of [gone, shorter]) {
    const kernel = kernelOf();
    assert.equal((await send(kernel, broken)).outcome, "unreadable");
    assert.equal(kernel.got.length, 0);
  }
});

test("an empty file is announced and has no parts", async () => {
  const kernel = kernelOf();
  assert.equal((await send(kernel, { ...file, size: 0 })).outcome, "done");
  assert.deepEqual(kernel.heard, ["begin"]);
});

test("sizes and progress for people", () => {
  assert.deepEqual([0, 12, 5_000, 400_000, 25_920_000, 2 ** 31].map(inMegabytes), ["0", "0.001", "0.005", "0.4", "25.9", "2147"]);
  assert.deepEqual([percentOf(0, 10), percentOf(1999, 2000), percentOf(2000, 2000), percentOf(0, 0)], [0, 99, 100, 100]);
});
