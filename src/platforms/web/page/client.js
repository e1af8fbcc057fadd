/**
 * Talks to the server that this page came from.
 *
 * Knows the API's shapes and turns every way to fail into words; knows
 * nothing of the page.
 */

/** `code` is the server's word for programs, or `unreachable`. */
class ServerError extends Error {
  constructor(message, code) {
    super(message);
    this.name = "ServerError";
    this.code = code;
  }
}

const KEY_NAME = "lfz.key";
const VISITOR_NAME = "lfz.visitor";

export function saveKey(key) {
  localStorage.setItem(KEY_NAME, key);
}

/** `{status: "loading"}`, `{status: "ready", model}` or `{status: "failed", reason}`. */
export async function readHealth() {
  const response = await reach("/healthz", { cache: "no-store" }); // 503 says why, too
  return response.json();
}

/** A model that this visitor may be answered by, as /v1/models describes it. */
export async function readModel(name) {
  const path = `/v1/models/${encodeURIComponent(name)}`;
  const response = await ask(path, { headers: ownHeaders(), cache: "no-store" });
  return response.json();
}

/**
 * The reply as it is written: `{text}` pieces, then one `{done}` with how it
 * went. Aborting the signal ends it, here and in the server.
 */
export async function* streamReply(messages, signal) {
  const response = await ask("/v1/chat/completions", {
    ...post({
      messages,
      stream: true,
      stream_options: { include_usage: true },
      lfz: { keep: true }, // said to the bot: its settings hold, and the reply can be rated
    }),
    signal,
  });
  let done;
  for await (const data of readEvents(response.body)) {
    if (data === "[DONE]") break;
    const event = JSON.parse(data);
    if (event.error) throw new ServerError(event.error.message, event.error.code);
    const [choice] = event.choices;
    if (choice?.delta.content) yield { text: choice.delta.content };
    if (choice?.finish_reason)
      done = { finishReason: choice.finish_reason, model: event.model, ...event.lfz };
    if (event.usage) done = { ...done, tokens: event.usage.completion_tokens };
  }
  if (!done) throw new ServerError("The connection broke before the reply was whole.", "broken");
  yield { done };
}

/**
 * `{reply, verdict}` ("good", "bad", or null to take it back), `reason` or
 * `correction`; the words of thanks.
 */
export async function sendFeedback(feedback) {
  const response = await ask("/v1/feedback", post(feedback));
  return (await response.json()).text;
}

/** What may be told the bot: `{name, summary, options}` each. */
export async function readCommands() {
  const response = await ask("/v1/commands", { headers: ownHeaders() });
  return (await response.json()).commands;
}

/** `{text, file, ask}`: what the bot says to `/train status`, say. */
export async function giveCommand(line) {
  const response = await ask("/v1/commands", post({ line }));
  return response.json();
}

/** How far the training is; rejects where nothing can be trained. */
export async function readJobs() {
  const response = await ask("/v1/jobs", { headers: ownHeaders() });
  return response.json();
}

function post(body) {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...ownHeaders() },
    body: JSON.stringify(body),
  };
}

async function ask(path, options) {
  const response = await reach(path, options);
  if (response.ok) return response;
  throw await toServerError(response);
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The server did not answer.", "unreachable");
  }
}

/** Who this is: the key, if there is one, and which of the visitors, for one that is tried by some. */
function ownHeaders() {
  // What was pasted may hold what no key does, and no header: the browser would not even ask.
  const key = localStorage.getItem(KEY_NAME)?.replace(/[^\x21-\x7e]/g, "");
  const visitor = { "x-lfz-visitor": visitorNumber() };
  return key === undefined ? visitor : { authorization: `Bearer ${key}`, ...visitor };
}

/** Drawn by chance, once for this browser; it says nothing of anybody. */
function visitorNumber() {
  const known = localStorage.getItem(VISITOR_NAME);
  if (known !== null) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const drawn = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  localStorage.setItem(VISITOR_NAME, drawn);
  return drawn;
}

async function toServerError(response) {
  const body = await response.json().catch(() => undefined);
  const message = body?.error?.message ?? `The server answered with status ${response.status}.`;
  return new ServerError(message, body?.error?.code ?? "unknown");
}

/** The `data:` of each server-sent event, however the network cut the bytes. */
async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await read(reader);
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) yield event.replace(/^data: /, "");
    }
  } finally {
    reader.cancel().catch(() => {}); // the connection is gone already
  }
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The connection to the server broke.", "unreachable");
  }
}
