import assert from "node:assert/strict";
import { test } from "node:test";

const kit = "../../../generative/web/widgets/";
const { arrange, balancedColumns, roomOn, snap } = await import(`${kit}stage/layout.js`);
const { duration, newRun, progressWords, seedParts, takeFacts, evenly, takeFrames, thinned, whole } = await import(`${kit}stage/run.js`);
const { frameAt, pace } = await import(`${kit}stage/timeline.js`);
const { extraViews, viewsOf } = await import(`${kit}stage/views.js`);
const { crc32, decode, encode, fileName, rgba, textChunk } = await import(`${kit}kit/png.js`);

const moment = (step, views = { image: "AAAA" }) => ({ step, total: 5, label: "", seconds_left: null, shape: [1, 1, 1, 3], views });

test("a grid has full rows where it stays no wider than 2.5 : 1", () => {
  assert.deepEqual([1, 2, 3, 5, 8, 12, 16, 64].map(balancedColumns), [1, 2, 3, 3, 4, 4, 4, 8]);
});

test("large pictures have whole screen pixels a pixel", () => {
  assert.equal(snap(100, 28, 1), 84);
  assert.equal(snap(100, 28, 2), 98);
  assert.equal(snap(50.5, 28, 1), 50);
});

test("two panels stand side by side, on a phone on top of each other", () => {
  assert.equal(arrange([16, 1, 28, 28], 900, 2, 1).stacked, false);
  assert.equal(arrange([16, 1, 28, 28], 360, 2, 1).stacked, true);
});

test("pictures and their timeline stand on one screen", () => {
  const screens = [[1366, 768], [1920, 1080], [2560, 1440], [3840, 3000]];
  assert.deepEqual(screens.map((screen) => roomOn(screen, 250)), [378, 690, 1050, 1200]);
  assert.deepEqual([roomOn([1366, 768], 440), roomOn([1366, 768], 460)], [188, 384]); // too little is worth scrolling
  assert.deepEqual([roomOn([390, 844], 240), roomOn([390, 500], 540)], [460, 300]); // of a phone not with what is over them
});

test("what was reserved for the pictures does not depend on the panels on show", () => {
  const [one, two] = [1, 2].map((panels) => arrange([16, 1, 28, 28], 900, panels, 1).reserved);
  assert.equal(one, two);
});

test("a frame of the same step replaces the one before", () => {
  const run = newRun("a");
  takeFrames(run, [moment(1), moment(2)]);
  takeFrames(run, [moment(2, { image: "BBBB" })]);
  assert.deepEqual(run.frames.map((frame) => frame.views.image), ["AAAA", "BBBB"]);
});

test("a view in half the size fills the picture", () => {
  const small = [1, 2, 3, 4, 5, 6]; // two pictures of one coloured pixel
  assert.deepEqual([...whole(new Uint8Array(small), [2, 3, 2, 2])], [...Array(4).fill([1, 2, 3]), ...Array(4).fill([4, 5, 6])].flat());
  assert.deepEqual([...whole(new Uint8Array([1, 2, 3, 4]), [1, 1, 4, 4])], [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  assert.deepEqual([...whole(new Uint8Array(small), [1, 3, 1, 2])], small);
});

test("a film strip begins and ends with the run", () => {
  const frames = Array.from({ length: 21 }, (_, step) => step);
  assert.deepEqual(evenly(frames, 5), [0, 5, 10, 15, 20]);
  assert.deepEqual([evenly([0, 1, 2], 10), evenly([0], 10), evenly([0, 1], 1)], [[0, 1, 2], [0], [1]]);
});

test("a late frame does not revive a run that was stopped", () => {
  const run = newRun("a");
  takeFacts(run, { stopped: true });
  takeFacts(run, { stopped: false, seeds: [3], unknown: 1 });
  assert.equal(run.stopped, true);
  assert.deepEqual(run.seeds, [3]);
  assert.equal("unknown" in run, false);
});

test("progress is told in words", () => {
  const run = newRun("a");
  takeFrames(run, [{ ...moment(2), label: "t = 3", seconds_left: 4 }]);
  assert.equal(progressWords(run), "step 2 of 5 · t = 3 · 4 s left");
  takeFacts(run, { done: true, duration: 0.5 });
  assert.equal(progressWords(run), "Drawn in 0.50 s · 5 steps");
  assert.deepEqual([0.001, 3.04, 42.4, 200].map(duration), ["0.01 s", "3 s", "42 s", "3 min"]);
});

test("a long run is thinned evenly and keeps its last frame", () => {
  const { stride, kept } = thinned([0, 1, 2, 3, 4, 5, 6], 3);
  assert.deepEqual([stride, kept], [3, [0, 3, 6]]);
});

test("two views stand beside each other until the result", () => {
  const frame = moment(1, { image: "", x_t: "", x0: "" }), extras = extraViews([frame]);
  assert.deepEqual(viewsOf(frame, extras, null, false), ["x_t", "x0"]);
  assert.deepEqual(viewsOf(frame, extras, null, true), ["image"]);
  assert.deepEqual(viewsOf(moment(2), extras, "x0", false), ["image"]);
});

test("bytes survive base64, and grey becomes grey", () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251);
  assert.deepEqual(decode(encode(bytes)), bytes);
  assert.deepEqual([...rgba(Uint8Array.of(7, 9), [2, 1, 1, 1], 1)], [9, 9, 9, 255]);
  assert.deepEqual([...rgba(Uint8Array.of(1, 2, 3), [1, 3, 1, 1], 0)], [1, 2, 3, 255]);
});

test("a recipe becomes a chunk that says its length and its checksum", () => {
  const chunk = textChunk("größer"), view = new DataView(chunk.buffer);
  assert.equal(view.getUint32(0), chunk.length - 12);
  assert.equal(view.getUint32(chunk.length - 4), crc32(chunk.subarray(4, -4)));
  assert.equal(crc32(new TextEncoder().encode("IEND")), 0xae426082);
});

test("a file is named after plain words", () => {
  assert.equal(fileName("A Test!", "seed", 7), "a-test-seed-7");
  assert.equal(fileName("…"), "generated");
});

test("a long seed is told in two parts, of which the second is its own", () => {
  assert.deepEqual([0, 9999, 10_000, 4_294_967_295, undefined].map(seedParts), [
    ["", "0"], ["", "9999"], ["100", "00"], ["42949672", "95"], ["", ""],
  ]);
});

test("a replay takes three seconds, stays at the result, and begins again", () => {
  const replay = pace(20, false), at = (ms) => frameAt(ms, 20, replay);
  assert.deepEqual([0, 1500, 2999, 3000, 4400, 4600].map(at), [0, 10, 19, 20, 20, 0]);
  assert.equal(pace(2, false).pass, 1200);
});

test("what loops never shows its last frame, which equals the first", () => {
  const loop = pace(4, true);
  assert.deepEqual([0, 79, 80, 319, 320].map((ms) => frameAt(ms, 4, loop)), [0, 0, 1, 3, 0]);
});
