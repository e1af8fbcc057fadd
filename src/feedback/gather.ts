/**
 * What of all feedback may be learnt from now: the last word of each person on
 * each reply whose context is still kept, where everybody whose words are in
 * it agrees at this moment, and nobody has been forgotten.
 *
 * Keeps no text but what reviewers wrote; what was said stays on the disk.
 */

import { Column } from "./column.ts";
import { Items, NO_CONTEXT, numberOfId } from "./items.ts";
import { KeptContexts, type Objection } from "./kept-contexts.ts";
import { LastPositions } from "./last-positions.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import type { FeedbackRecord } from "./record.ts";

/** What a reviewer made of an item: the text is the better answer as the reviewer would have it. */
export type Decision = Pick<Extract<FeedbackRecord, { kind: "decision" }>, "verdict" | "text">;

export interface Gathered {
  /** Oldest first. */
  readonly items: Items;
  readonly contexts: KeptContexts;
  /** The last decision on each item, by the number of its id. */
  readonly decisions: ReadonlyMap<number, Decision>;
  readonly objections: ReadonlyMap<Objection, number>;
}

/** Most decisions are one of these: they need not be held apart. */
const PLAIN_DECISIONS = {
  approved: { verdict: "approved" },
  rejected: { verdict: "rejected" },
} as const satisfies Record<string, Decision>;

/** @param since what was said before that moment is passed over */
export async function gatherFeedback(source: FeedbackSource, since = 0): Promise<Gathered> {
  const { items, decisions } = await readLastWords(source, since);
  const contexts = await KeptContexts.read(source, items.contexts);
  const objections = new Map<Objection, number>();
  items.keep((index) => {
    const objection = objectionTo(items, index, contexts, source);
    if (objection !== undefined) objections.set(objection, (objections.get(objection) ?? 0) + 1);
    return objection === undefined;
  });
  return { items, contexts, decisions, objections };
}

async function readLastWords({ records }: FeedbackSource, since: number) {
  const items = new Items();
  const last = new LastPositions();
  const isLast = new Column(Uint8Array); // nobody has said something else, or taken it back, since
  const decisions = new Map<number, Decision>();
  for await (const record of records()) {
    if (record.kind === "reason") continue;
    if (record.kind === "decision") {
      const { item, verdict, text } = record;
      const decision = text === undefined ? PLAIN_DECISIONS[verdict] : { verdict, text };
      decisions.set(numberOfId(item), decision);
      continue;
    }
    const key = items.keyOf(record);
    const before = last.get(key);
    if (before !== undefined) isLast.set(before, 0);
    last.delete(key);
    if (record.kind === "retraction" || record.at < since) continue;
    last.set(key, items.add(record));
    isLast.push(1);
  }
  items.settle();
  items.keep((index) => isLast.at(index) === 1);
  return { items, decisions };
}

function objectionTo(
  items: Items,
  index: number,
  contexts: KeptContexts,
  { consent, forgotten }: FeedbackSource,
): Objection | undefined {
  const number = items.context.at(index);
  if (number === NO_CONTEXT) return "no context was kept";
  const rater = items.raters.nameOf(items.rater.at(index));
  if (forgotten.covers(rater, items.time.at(index))) return "somebody in it was forgotten";
  const context = contexts.of(number);
  if (!context) return "its context is no longer kept";
  if (context.objection === "somebody in it was forgotten") return context.objection;
  return consent.has(rater, context.place) ? context.objection : "somebody in it does not agree";
}
