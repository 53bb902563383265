import assert from "node:assert/strict";
import { test } from "node:test";

const { HIGH, atWork, placed } = await import("../../../generative/web/tools/draw/placing.js");

test("boxes of a diagram stand in as few rows as fit", () => {
  assert.deepEqual([900, 366, 100].map((width) => placed(5, width).across), [5, 2, 1]);
  const { corners, height } = placed(5, 366);
  assert.equal(corners[2].x, corners[0].x);
  assert.ok(corners[4].y + HIGH <= height);
});

test("parts light up with the moment", () => {
  const lit = (word) => [1, 2, 3].map((step) => atWork({ lit: word }, { step, total: 3 }));
  assert.deepEqual(["first", "", "last"].map(lit), [[true, false, false], [true, true, false], [false, false, true]]);
});
