import assert from "node:assert/strict";
import { test } from "node:test";

const easel = "../../../generative/web/widgets/easel/";
const { disc, filled, maskAtOneClick, mixed, randomHalf, sameBytes, sweep } = await import(`${easel}brush.js`);
const { History, merged, worn } = await import(`${easel}work.js`);

test("a brush is round and symmetric, and stays inside", () => {
  assert.deepEqual(disc({ x: 2.5, y: 2.5 }, 1, 5, 5), [[2, 2]]);
  assert.equal(disc({ x: 2.5, y: 2.5 }, 3, 5, 5).length, 9);
  assert.equal(disc({ x: 0, y: 0 }, 4, 5, 5).every(([row, column]) => row >= 0 && column >= 0), true);
});

test("a fast stroke leaves no holes", () => {
  const mask = new Uint8Array(100);
  sweep(mask, { x: 0.5, y: 5.5 }, { x: 9.5, y: 5.5 }, 1, 1, 10, 10);
  assert.equal(mask.subarray(50, 60).every((value) => value === 1), true);
});

test("masks at one click", () => {
  assert.deepEqual([...maskAtOneClick("lower", null, 2, 2)], [0, 0, 1, 1]);
  assert.deepEqual([...maskAtOneClick("invert", Uint8Array.of(1, 0, 0, 0), 2, 2)], [0, 1, 1, 1]);
  assert.equal(randomHalf(9).reduce((sum, value) => sum + value, 0), 4);
});

test("a pen mixes by how much of a pixel it covers", () => {
  assert.deepEqual([...mixed(Uint8Array.of(0, 0), Float32Array.of(0.5, 0), [200])], [100, 0]);
  assert.deepEqual([...filled([1, 2, 3], 1, 2)], [1, 2, 3, 1, 2, 3]);
});

test("a mask of no pixel is none", () => {
  assert.equal(worn(Uint8Array.of(0, 0)), null);
});

test("a message keeps what it leaves out, unless the shape is another", () => {
  const work = { shape: [1, 1, 2], picture: Uint8Array.of(5, 6), mask: Uint8Array.of(1, 0) };
  assert.equal(merged(work, { picture: btoa("ab") }).mask, work.mask);
  assert.deepEqual(merged(work, { shape: [1, 1, 1], picture: btoa("a") }).mask, null);
  assert.equal(merged(work, { picture: btoa("abc") }).picture, null);
});

test("what was done can be undone and done again", () => {
  const history = new History(), work = (value) => ({ shape: [1, 1, 1], picture: Uint8Array.of(value), mask: null });
  [1, 2].forEach((value) => history.replace(work(value)));
  history.undo();
  assert.equal(sameBytes(history.work.picture, Uint8Array.of(1)), true);
  history.redo();
  assert.equal(history.work.picture[0], 2);
  assert.equal(history.redo(), false);
});
