// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);

test("numbers as people type them", () => {
  for (const [text, value] of [["0.246", 0.246], ["0,246", 0.246], [".5", 0.5], [" 3 ", 3], ["3.", 3], ["2.4e-1", 0.24]]) {
    assert.equal(views.typedNumber(text), value, text);
  }
});

test("what is no number, or could be two, is none", () => {
  for (const text of ["", " ", "nm", "0.2 nm", "1,000.5", "1.2.3", "-1", "e5", "Infinity", "NaN", "0x10", "."]) {
    assert.equal(views.typedNumber(text), null, text);
  }
});
