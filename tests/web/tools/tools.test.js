import assert from "node:assert/strict";
import { test } from "node:test";

const tools = "../../../generative/web/tools/";
const { momentAt, timeline } = await import(`${tools}contrast/moments.js`);
const { dots, modesOf } = await import(`${tools}contrast/cube.js`);
const { mixed, parts, ratio } = await import(`${tools}noise/mixing.js`);
const { amountWords, changedLast, parted, written } = await import(`${tools}arithmetic/formula_terms.js`);
const { inside, nearestOf, placeOf, pointOf, quantile, shareBelow, tileAt } = await import(`${tools}explore/geometry.js`);

test("a formula is written as Python writes it", () => {
  assert.equal(written([["smile", 1], ["hat: none", -0.5]]), "+ 1 smile - 0.5 hat: none");
  assert.deepEqual([0.5, -1.25, 2].map(amountWords), ["+ 0.5", "− 1.25", "+ 2.0"]);
  assert.deepEqual(["glasses: sun", "hat"].map(parted), [["glasses", "sun"], ["", "hat"]]);
});

test("the chip that was changed last is told", () => {
  assert.equal(changedLast([["a", 1], ["b", 1]], [["a", 1], ["b", 2], ["c", 1]]), "c");
  assert.equal(changedLast([["a", 1]], [["a", 1]]), "");
});

test("a place becomes a point and comes back", () => {
  for (const extent of [3, null]) {
    const [x, y] = placeOf(pointOf([0.7, -1.2], extent), extent);
    assert.ok(Math.abs(x - 0.7) < 1e-4 && Math.abs(y + 1.2) < 1e-4);
  }
  assert.ok(Math.abs(shareBelow(1.959964) - 0.975) < 1e-6);
  assert.ok(Math.abs(quantile(0.5)) < 1e-6);
});

test("points outside belong to the tile at the edge", () => {
  assert.deepEqual(inside([-1, 2]), [0, 1]);
  assert.deepEqual(tileAt([1, 0.49], 4), [3, 1]);
  assert.equal(nearestOf([[0, 0], [1, 1], [3, 3]], [0.8, 0.9]), 1);
});

test("picture and noise are mixed as far as t says", () => {
  const mix = { picture: Uint8Array.of(0, 255, 128), noise: Int16Array.of(4096, -8192, 0), shape: [1, 1, 3], alpha: [1, 0.6, 0], sigma: [0, 0.8, 1] };
  assert.deepEqual([...mixed(mix, 0, 4096)], [0, 255, 128]);
  assert.deepEqual([...mixed(mix, 1, 4096)], [153, 0, 128]); // (−0.6 + 0.8 + 1) / 2, below 0, as it was
  assert.deepEqual([...mixed(mix, 2, 4096)], [255, 0, 128]);
  assert.equal(parts(mix, 1), "0.60 × picture + 0.80 × noise");
  assert.deepEqual([0, 1, 2].map((t) => ratio(mix, t)), ["no noise", "0.56 (ln: −0.6)", "no signal"]);
});

test("films of different moments run on one timeline", () => {
  assert.deepEqual(timeline([[0, 10, 30], [0, 20]]), [0, 10, 20, 30]);
  assert.deepEqual([0, 10, 19, 20, 30].map((seen) => momentAt([0, 20], seen)), [0, 0, 0, 1, 1]);
  assert.equal(momentAt([5], 0), 0);
});

test("modes are read from hexadecimal digits, and each has a place of its own in the cube", () => {
  assert.deepEqual(modesOf("8001"), [0, 15]);
  assert.deepEqual(modesOf("00"), []);
  const places = dots({ yaw: 0.5, pitch: 0.42 });
  assert.equal(new Set(places.map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`)).size, 1000);
  assert.ok(places.every(({ depth }, i) => i === 0 || depth <= places[i - 1].depth));
  assert.ok(places.every(({ x, y }) => Math.hypot(x, y) * 0.56 < 0.5), "inside of the picture");
});
