import assert from "node:assert/strict";
import { test } from "node:test";

const { nextSeed } = await import("../../../generative/web/base/next_seed.js");
const stage = (facts) => ({ dataset: { seed: "32", count: "16", state: "done", ...facts } });

test("the seeds after those on show are drawn next", () => {
  assert.equal(nextSeed(32, false, stage()), 48);
});

test("a seed stays that is locked, was put there on purpose, or is being drawn", () => {
  assert.equal(nextSeed(32, true, stage()), 32);
  assert.equal(nextSeed(7, false, stage()), 7);
  assert.equal(nextSeed(32, false, stage({ state: "running" })), 32);
  assert.equal(nextSeed(32, false, stage({ waiting: "true" })), 32);
  assert.equal(nextSeed(0, false, stage({ seed: "" })), 0);
  assert.equal(nextSeed(0, false, null), 0);
  assert.equal(nextSeed("x", false, stage()), "x");
});

test("after the largest seed comes the first", () => {
  assert.equal(nextSeed(Number.MAX_SAFE_INTEGER, false, stage({ seed: String(Number.MAX_SAFE_INTEGER) })), 0);
});
