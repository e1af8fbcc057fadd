/** Shows one reply as it is written, and says what a reader would wonder about. */

import type { ChatSession, FinishedReply } from "./chat-session.ts";
import { toPrintable } from "./printable.ts";

export interface ReplyOutput {
  write(text: string): void;
  note(text: string): void;
}

export async function writeReply(
  session: ChatSession,
  message: string,
  output: ReplyOutput,
  signal: AbortSignal,
): Promise<FinishedReply | undefined> {
  const pieces = session.say(message, signal);
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) output.write(toPrintable(next.value));
  output.write("\n");
  const reply = next.value;
  if (reply) for (const remark of remarksOn(reply)) output.note(`(${remark})`);
  return reply;
}

function remarksOn({ finishReason, cut }: FinishedReply): string[] {
  const remarks = {
    stop: [],
    silence: ["the model chose to say nothing"],
    length: ["cut off: the longest reply is reached"],
    withheld: ["stopped: the rest would have repeated something private"],
    abort: ["stopped"],
  }[finishReason];
  return cut
    ? [...remarks, "your message was longer than the model can read: it read its end"]
    : remarks;
}
