/** A conversation from a pipe: a message a line in, a reply a line out. */

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { ChatSession, FinishedReply } from "./chat-session.ts";
import { toPrintable } from "./printable.ts";

/** Calls `answered` after each reply; ends with the input or when the signal aborts. */
export async function chatOverPipe(
  session: ChatSession,
  input: Readable,
  answered: (line: string, reply: FinishedReply) => void,
  signal: AbortSignal,
): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Infinity, signal });
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const pieces = session.say(line, signal);
    let next = await pieces.next();
    while (!next.done) next = await pieces.next();
    if (signal.aborted) return;
    if (next.value) answered(toPrintable(next.value.text).replaceAll("\n", " "), next.value);
  }
}
