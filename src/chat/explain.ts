/** How a reply came about, as far as its record tells. */

import type { ReplyRecord } from "./replies.ts";

/** Admins also see what helps to make it again. */
export function explainReply(reply: ReplyRecord, { isAdmin }: { isAdmin: boolean }): string {
  const { model, at, promptTokens, tokens, firstTokenMs, tokensPerSecond, droppedTurns } = reply;
  const lines = [
    `**${model}** wrote this on ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC.`,
    `It read ${promptTokens} tokens and wrote ${tokens}: the first after ${Math.round(firstTokenMs)} ms, then ${tokensPerSecond.toFixed(0)} a second.`,
    droppedTurns === 0
      ? "It read the whole conversation it was given."
      : `${droppedTurns === 1 ? "One exchange" : `${droppedTurns} exchanges`} at the beginning no longer fit into what it can read.`,
    `It answers ${reply.question.length === 1 ? "one message" : `${reply.question.length} messages together`}, and ended: ${reply.outcome}.`,
  ];
  if (isAdmin) lines.push(`Reply \`${reply.id}\`, seed ${reply.seed}.`);
  return lines.join("\n");
}
