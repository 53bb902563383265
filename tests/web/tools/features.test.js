// Where pictures lie on the map of features.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearest, onward } from "../../../generative/web/tools/features/places.js";

/** @type {[number, number][]} */
const PLACES = [[0.5, 0.5], [0.9, 0.5], [0.6, 0.1], [0.55, 0.9], [0.1, 0.45]];

test("a click chooses the nearest picture, and of none none", () => {
  assert.equal(nearest(PLACES, [0.85, 0.6]), 1);
  assert.equal(nearest([], [0, 0]), -1);
});

test("an arrow goes to the next picture that lies more along it than beside it", () => {
  assert.equal(onward(PLACES, 0, [1, 0]), 1);
  assert.equal(onward(PLACES, 0, [-1, 0]), 4);
  assert.equal(onward(PLACES, 0, [0, -1]), 2);
  assert.equal(onward(PLACES, 0, [0, 1]), 3);
  assert.equal(onward(PLACES, 1, [1, 0]), 1);
});
