/**
 * What of a reply may be kept to learn from: the messages the model read and
 * what it said, as far as their people agreed.
 *
 * A message of somebody who did not agree is left out, and so is what the bot
 * said after it: an answer repeats the question often enough. If the question
 * itself is such a message, nothing is kept.
 */

import type { ContextTurn } from "../feedback/contexts.ts";
import type { SaidBy } from "./history.ts";
import type { Outcome, Person } from "./platform.ts";

/** A reply, and what it answers. */
export interface Exchange {
  readonly outcome: Outcome;
  readonly text: string;
  /** Whose the question is. */
  readonly askers: readonly Person[];
  /** What the model read. */
  readonly turns: readonly SaidBy[];
}

export interface KeptContext {
  readonly turns: readonly ContextTurn[];
  readonly reply: string;
}

/** @param agreedAs the pseudonym of a person who opted in */
export function toContext(
  { outcome, text, askers, turns: said }: Exchange,
  agreedAs: (author: Person) => string | undefined,
): KeptContext | undefined {
  if (outcome !== "finished" && outcome !== "length") return undefined; // nobody rates a reply that broke off
  if (!askers.every((asker) => agreedAs(asker))) return undefined;
  const turns: ContextTurn[] = [];
  let isKept = true;
  for (const { message, author } of said) {
    const pseudonym = author && agreedAs(author);
    if (author) isKept = pseudonym !== undefined;
    if (isKept) turns.push({ ...message, author: pseudonym });
  }
  return { turns, reply: text };
}
