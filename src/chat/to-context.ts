/**
 * What of a reply may be kept to learn from: the messages the model read and
 * what it said, as far as their people agreed.
 *
 * A message of somebody who did not agree is left out, and so is what the bot
 * answered them: an answer repeats the question often enough. An answer stays
 * only beside words of whoever got it, so that it goes when they are forgotten.
 * If the question itself is of somebody who did not agree, nothing is kept.
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

/** What is known, by pseudonyms. */
interface Known {
  /** A person who opted in. */
  readonly agreedAs: (author: Person) => string | undefined;
  /** Whoever got the reply that this message of the bot is part of. */
  readonly askerOf: (ownId: string) => string | undefined;
}

export function toContext(
  { outcome, text, askers, turns: said }: Exchange,
  { agreedAs, askerOf }: Known,
): KeptContext | undefined {
  if (outcome !== "finished" && outcome !== "length") return undefined; // nobody rates a reply that broke off
  if (!askers.every((asker) => agreedAs(asker))) return undefined;
  const authors = new Set(said.flatMap(({ author }) => (author && agreedAs(author)) ?? []));
  const turns: ContextTurn[] = [];
  for (const { message, author, ownId } of said) {
    const person = author ? agreedAs(author) : ownId && askerOf(ownId);
    // The persona has no id, nor has what was said on a page that only one person reads.
    const isForAnybody = !author && ownId === undefined;
    if (!isForAnybody && !authors.has(person ?? "")) continue;
    turns.push({ ...message, author: author && person });
  }
  return { turns, reply: text };
}
