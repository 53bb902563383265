import assert from "node:assert/strict";
import { test } from "node:test";

const { attentive, Owed } = await import("../../../generative/web/page/answers.js");
const message = (msg, id) => `data: ${JSON.stringify({ msg, event_id: id })}\n\n`;
const done = (id) => message("process_completed", id), CLOSE = message("close_stream");

/**
 * A server that has these streams to give, one after the other, and what it was asked for; each is in pieces.
 * @param {...string[]} streams
 */
function server(...streams) {
  const asked = [];
  const real = async (url, how) => {
    asked.push(url);
    if (url.endsWith("/queue/join")) return Response.json({ event_id: how.id });
    const pieces = streams.shift();
    if (!pieces) return new Response("", { status: 404 });
    return new Response(new Blob(pieces).stream());
  };
  return { asked, fetch: attentive(real) };
}

const read = async (fetch) => (await fetch("http://host/queue/data?session_hash=a")).text();

test("a stream whose questions are all answered ends as it did", async () => {
  const { asked, fetch } = server([message("process_starts", "1"), done("1"), CLOSE]);
  assert.deepEqual(await (await fetch("http://host/queue/join", { id: "1" })).json(), { event_id: "1" });
  assert.equal(await read(fetch), message("process_starts", "1") + done("1") + CLOSE);
  assert.equal(asked.length, 2);
});

test("one that is closed while an answer is owed goes on in the next, and the page hears of one closing", async () => {
  const { asked, fetch } = server([done("1"), CLOSE], [done("2"), CLOSE], [done("3"), CLOSE]);
  for (const id of ["1", "2"]) await fetch("http://host/queue/join", { id });
  assert.equal(await read(fetch), done("1") + done("2") + CLOSE);
  assert.equal(asked.filter((url) => url.includes("data")).length, 2);
});

test("an answer that overtakes the number of its question is no debt", async () => {
  const owed = new Owed();
  owed.answered("1");
  owed.asked("1");
  assert.equal(owed.taken(), false);
  owed.asked("2");
  assert.equal(owed.taken(), true);
  assert.equal(owed.taken(), false); // the server knows
  owed.answered("3");
  assert.equal(owed.taken(), false);
  owed.asked("3"); // heard of only after the stream was closed
  assert.equal(owed.taken(), false);
});

test("messages may come in any pieces, and what is not closed ends where it breaks off", async () => {
  const whole = message("process_generating", "1") + done("1");
  const { fetch } = server([...whole].map((c) => c), []);
  assert.equal(await read(fetch), whole);
});

test("a server that has no more to say closes the stream; other requests pass", async () => {
  const { fetch } = server([done("1"), CLOSE]);
  for (const id of ["1", "2"]) await fetch("http://host/queue/join", { id });
  assert.equal(await read(fetch), done("1") + CLOSE);
  assert.equal((await fetch("http://host/config")).status, 404);
});
