/**
 * What of a reply may be kept to learn from: the messages the model read and
 * what it said, as far as their people agreed.
 *
 * A message of somebody who did not agree is left out, and so is what the bot
 * said after it: an answer repeats the question often enough. If the question
 * itself is such a message, nothing is kept.
 */

import type { ContextTurn } from "../feedback/contexts.ts";
import { toTurns } from "./history.ts";
import type { MadeReply } from "./make-reply.ts";
import type { Person } from "./platform.ts";

export interface KeptContext {
  readonly turns: readonly ContextTurn[];
  readonly reply: string;
}

/** @param agreedAs the pseudonym of a person who opted in */
export function toContext(
  { outcome, text, read }: MadeReply,
  agreedAs: (author: Person) => string | undefined,
): KeptContext | undefined {
  if (outcome !== "finished" && outcome !== "length") return undefined; // nobody rates a reply that broke off
  if (!read.question.every(({ author }) => agreedAs(author))) return undefined;
  const turns: ContextTurn[] = [];
  let isKept = true;
  for (const { message, author } of toTurns(read)) {
    const pseudonym = author && agreedAs(author);
    if (author) isKept = pseudonym !== undefined;
    if (isKept) turns.push({ ...message, author: pseudonym });
  }
  return { turns, reply: text };
}
