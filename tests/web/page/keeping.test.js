import assert from "node:assert/strict";
import { test } from "node:test";

const page = "../../../generative/web/";
const { added, bounded, called, read, written } = await import(`${page}page/keeping.js`);
const { zip } = await import(`${page}widgets/kit/zip.js`);
const run = (link, liked = false, size = 1) => ({ link: `?${link}`, picture: `data:image/png;base64,${"A".repeat(size)}`, liked });

test("a run that is made again comes first and stays a favourite", () => {
  const runs = added([run("a"), run("b", true)], run("b"));
  assert.deepEqual(runs.map(({ link, liked }) => [link, liked]), [["?b", true], ["?a", false]]);
});

test("of too many runs the oldest go, favourites last", () => {
  const many = Array.from({ length: 41 }, (_, index) => run(String(index), index === 40));
  const links = bounded(many).map(({ link }) => link);
  assert.deepEqual([links.length, links.includes("?40"), links.includes("?39"), links[0]], [40, true, false, "?0"]);
  assert.equal(bounded([run("a", false, 9e5), run("b", true, 9e5)]).length, 1);
  assert.equal(bounded([run("a", false, 2e6)]).length, 1);
});

test("what is written is read, and nothing else", () => {
  const runs = [run("a", true)];
  assert.deepEqual(read(written(runs)), runs);
  const wrong = ["", "{", "[]", "null", '{"version": 0, "runs": []}', '{"version": 1, "runs": [null]}',
    written([{ ...run("a"), picture: "javascript:alert(1)" }]), written([{ ...run("a"), link: "https://elsewhere" }])];
  assert.deepEqual(wrong.map(read), wrong.map(() => null));
});

test("a run is called by what made it", () => {
  assert.equal(called("?tab=gans&tool=samples&model=toys%2Fgan&seed=3&count=4&class=Bag&top_k=1"), "toys/gan, seed 3, class Bag, top k 1");
});

test("an archive holds its files as they are", () => {
  const bytes = Buffer.concat(zip([{ name: "a.txt", bytes: new TextEncoder().encode("hello") }]));
  assert.equal(bytes.readUInt32LE(0), 0x04034b50);
  assert.equal(bytes.readUInt32LE(14), 0x3610a686); // CRC of "hello"
  assert.equal(bytes.subarray(30, 40).toString(), "a.txthello");
  assert.equal(bytes.readUInt32LE(bytes.length - 6), 40); // where the directory begins
});
