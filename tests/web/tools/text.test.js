import assert from "node:assert/strict";
import { test } from "node:test";

import { looked, spoken } from "../../../generative/web/tools/write/text.js";

test("shares of a layer, or of all, are those of one character and add up to one", () => {
  const shares = Uint8Array.from([255, 0, 51, 204, 255, 0, 153, 102]); // two layers of two characters
  assert.deepEqual(looked(shares, 2, 2, "0", 1), [0.2, 0.8]);
  assert.deepEqual(looked(shares, 2, 2, "all", 1), [0.4, 0.6]);
  assert.deepEqual(looked(shares, 2, 2, "all", 0), [1]);
});

test("what cannot be seen is called by its name", () => {
  assert.deepEqual([" ", "↵", "a"].map(spoken), ["the space", "the end", "“a”"]);
});
