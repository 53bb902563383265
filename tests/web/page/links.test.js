import assert from "node:assert/strict";
import { test } from "node:test";

const { entering, modelOf, toPlace, toRun, toTab } = await import("../../../generative/web/page/links.js");
const draw = { tab: "gans", tool: "samples", model: "toys/gan" };

test("an address names the tab, the tool, the model and the run", () => {
  assert.equal(toPlace(draw), "?tab=gans&tool=samples&model=toys%2Fgan");
  assert.equal(toRun(draw, "?model=toys%2Fgan&seed=3&tool=other"), "?tab=gans&tool=samples&model=toys%2Fgan&seed=3");
  assert.equal(modelOf(toPlace(draw)), "toys/gan");
});

test("the first tab needs no words, but for a data set", () => {
  assert.deepEqual([toTab("start", ""), toTab("guide", ""), toTab("start", "toys")], ["", "?tab=guide", "?data=toys"]);
});

test("Back leads to where one came from, and not to what was never shown", () => {
  assert.equal(entering("", draw), "push");
  assert.equal(entering("?tab=guide", draw), "push");
  assert.equal(entering(toPlace({ ...draw, tool: "explore" }), draw), "push");
  assert.equal(entering(toPlace({ ...draw, model: "toys/other" }), draw), "replace");
  assert.equal(entering("?model=toys%2Fgan&seed=3", draw), "replace");
  assert.equal(entering(`${toPlace(draw)}&seed=3`, draw), "stay");
});
