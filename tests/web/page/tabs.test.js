import assert from "node:assert/strict";
import { test } from "node:test";

const { leadsTo, scrolledTo } = await import("../../../generative/web/page/tabs.js");

test("arrows go round the tabs, Home and End to the ends", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End"].map((key) => leadsTo(key, 1, 4)), [2, 0, 0, 3]);
  assert.deepEqual([leadsTo("ArrowRight", 3, 4), leadsTo("ArrowLeft", 0, 4), leadsTo("x", 0, 4)], [0, 3, null]);
});

test("a bar is scrolled no further than the chosen tab asks for", () => {
  assert.equal(scrolledTo(0, 300, 50, 150), 0);
  assert.equal(scrolledTo(0, 300, 350, 450), 174);
  assert.equal(scrolledTo(174, 300, 100, 200), 76);
  assert.equal(scrolledTo(174, 300, 0, 50), 0);
});
