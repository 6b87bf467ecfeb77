// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);

const row = (name, kind, a) => ({ name, kind, note: "", cells: { file: name, a: a === undefined ? "" : `${a} nm` }, sort: { file: name, ...(a === undefined ? {} : { a }) } });
const ROWS = [row("b.png", "square", 0.3), row("a.png", "hexagonal", 0.25), row("c.png", "unreadable"), row("d.png", "square", 0.25)];
const names = (settings) => views.arranged(ROWS.slice(), { sort_by: "a", descending: false, text: "", kind: "", ...settings }).map((each) => each.name).join(" ");

test("sorted by a number either way, what has none comes last", () => {
  assert.equal(names({}), "a.png d.png b.png c.png");
  assert.equal(names({ descending: true }), "b.png a.png d.png c.png");
  assert.equal(names({ sort_by: "file", descending: true }), "d.png c.png b.png a.png");
  assert.equal(names({ sort_by: "nothing" }), "a.png b.png c.png d.png");
});

test("filtered by text and by kind", () => {
  assert.equal(names({ kind: "square" }), "d.png b.png");
  assert.equal(names({ text: " 0.25 " }), "a.png d.png");
  assert.equal(names({ text: "C.PNG" }), "c.png");
  assert.equal(names({ text: "nothing" }), "");
});
