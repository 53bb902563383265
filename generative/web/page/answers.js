// Sees that every question is answered. Gradio's page hears all answers on one stream, which the server closes as soon as
// it owes none; a question that reaches the server between that and the page's hearing of it is answered to nobody, for
// the page believes that it still listens. A stream that is closed while an answer is owed goes on in the next one.

const END = "\n\n"; // of a message
const CLOSED = '"close_stream"', ANSWERED = '"process_completed"';

/** What was asked and has not been answered, whichever of the two is heard of first. */
export class Owed {
  /** @type {Set<string>} */ #asked = new Set();
  /** @type {Set<string>} */ #answered = new Set();

  /** @param {string} id */
  asked(id) {
    if (!this.#answered.delete(id)) this.#asked.add(id);
  }

  /** @param {string} id */
  answered(id) {
    if (!this.#asked.delete(id)) this.#answered.add(id);
  }

  /** Whether there is anything; from here on the server knows of it. What is answered may still be heard to be asked. */
  taken() {
    const any = this.#asked.size > 0;
    this.#asked.clear();
    return any;
  }
}

/**
 * The messages of an answer, each with its end.
 * @param {ReadableStream<Uint8Array>} body
 */
async function* messagesOf(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const found = `${rest}${part.value}`.split(END);
    rest = found.pop() ?? "";
    for (const message of found) yield message + END;
  }
  if (rest) yield rest;
}

/**
 * The messages of one stream after the other, until the server owes nothing.
 * @param {() => Promise<Response>} ask for the next stream
 * @param {Owed} owed
 * @param {Response} first
 */
async function* heard(ask, owed, first) {
  for (let answer = first, closed = ""; ; closed = "") {
    for await (const message of messagesOf(/** @type {ReadableStream<Uint8Array>} */ (answer.body))) {
      if (message.includes(CLOSED)) closed = message;
      else yield message;
      if (message.includes(ANSWERED)) owed.answered(JSON.parse(message.replace(/^data: /, "")).event_id);
    }
    if (closed && owed.taken() && (answer = await ask()).ok) continue;
    if (closed) yield closed;
    return;
  }
}

/**
 * `fetch`, but for the page's questions and the stream of their answers.
 * @param {typeof fetch} real
 * @returns {typeof fetch}
 */
export function attentive(real) {
  const owed = new Owed();
  return async (what, how) => {
    const answer = await real(what, how);
    const [path] = (what instanceof Request ? what.url : String(what)).split("?");
    if (answer.ok && path.endsWith("/queue/join")) owed.asked((await answer.clone().json()).event_id);
    if (!answer.ok || !path.endsWith("/queue/data")) return answer;
    const messages = heard(() => real(what, how), owed, answer), bytes = new TextEncoder();
    const body = new ReadableStream({
      async pull(out) {
        const { done, value } = await messages.next();
        if (done) out.close();
        else out.enqueue(bytes.encode(value));
      },
    });
    return new Response(body, { headers: answer.headers });
  };
}

if (globalThis.document) window.fetch = attentive(window.fetch.bind(window));
