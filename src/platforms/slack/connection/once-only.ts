/**
 * Calls that must not take effect twice.
 *
 * The client repeats a call whose answer was lost, and a message would then
 * stand there twice. For what writes something new, the lost answer is turned
 * into a plain refusal, `answer_lost`; who called looks whether it took effect.
 */

type Fetch = typeof globalThis.fetch;

export const ANSWER_LOST = "answer_lost";

const WRITES_ANEW = new Set([
  "chat.postMessage",
  "chat.postEphemeral",
  "chat.startStream",
  "chat.appendStream",
  "files.completeUploadExternal",
]);

export function onceOnly(fetch: Fetch): Fetch {
  return async (url, init) => {
    const method = String(url).split("/").at(-1) ?? "";
    if (!WRITES_ANEW.has(method)) return fetch(url, init);
    try {
      const response = await fetch(url, init);
      return response.status >= 500 ? lost() : response;
    } catch {
      return lost(); // the caller learns it as a refusal
    }
  };
}

function lost(): Response {
  return Response.json({ ok: false, error: ANSWER_LOST });
}
