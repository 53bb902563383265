import assert from "node:assert/strict";
import { test } from "node:test";

const { PATHS, placing, share } = await import("../../../generative/web/widgets/kit/plot.js");

const axes = { x: { low: 0, high: 10, words: [] }, y: { low: -1, high: 1, words: [] } };
const place = placing(axes, 180);

test("a share runs from 0 to 1 along an axis and stays within it", () => {
  assert.deepEqual([-5, 0, 5, 10, 50].map((value) => share(value, axes.x)), [0, 0, 0.5, 1, 1]);
  assert.equal(share(3, { low: 2, high: 2, words: [] }), 1);
});

test("the first axis runs to the right and the second one up, above the room for words", () => {
  assert.ok(place.x(0) < place.x(10) && place.y(1) < place.y(-1));
  assert.equal(place.y(-1), place.bottom);
  assert.equal(placing(axes, 100).bottom, 72);
});

test("a line goes through its points, and there is none without points", () => {
  assert.equal(PATHS.line([[0, -1], [10, 1]], place), `M${place.x(0)} ${place.y(-1)}L${place.x(10)} ${place.y(1)}`);
  assert.equal(PATHS.line([], place), "");
});

test("bars begin at zero, whether they go up or down", () => {
  const [up, down] = [PATHS.bars([[5, 1]], place), PATHS.bars([[5, -1]], place)];
  assert.equal(up, `M${place.x(5)} ${place.y(0)}V${place.y(1)}`);
  assert.equal(down, `M${place.x(5)} ${place.y(0)}V${place.bottom}`);
});

test("a tick stands around its value", () => {
  assert.match(PATHS.ticks([[5, 0]], place), /^M228 [\d.]+v26$/);
});

test("a value that is cut off is drawn at the end of its axis", () => {
  assert.equal(PATHS.line([[5, 99]], place), PATHS.line([[5, 1]], place));
});
