/**
 * What of all feedback may be learnt from now: the last word of each person on
 * each reply whose context is still kept, where everybody whose words are in
 * it agrees at this moment, and nobody has been forgotten.
 *
 * Keeps no text but that of better answers; what was said stays on the disk.
 */

import type { ChannelPlace } from "../chat/place.ts";
import { isLearntFrom } from "../chat/settings.ts";
import { authorsOf, type ContextRecord } from "./contexts.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import { itemIdOf, keyOf, type Correction, type FeedbackRecord, type Rating } from "./record.ts";

export type Item = (Correction | Rating) & {
  readonly id: string;
  readonly context: string;
  readonly place: ChannelPlace;
};

export type Decision = Extract<FeedbackRecord, { kind: "decision" }>;

/** Why something is not among what may be learnt. */
export type Objection =
  | "no context was kept"
  | "its context is no longer kept"
  | "somebody in it does not agree"
  | "somebody in it was forgotten"
  | "nothing is learnt from its channel";

export interface Gathered {
  /** Oldest first. */
  readonly items: readonly Item[];
  /** The last decision on each item, by its id. */
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly objections: ReadonlyMap<Objection, number>;
}

/** @param since what was said before that moment is passed over */
export async function gatherFeedback(source: FeedbackSource, since = 0): Promise<Gathered> {
  const { said, decisions, objections } = await readLastWords(source, since);
  const object = (objection: Objection) =>
    objections.set(objection, (objections.get(objection) ?? 0) + 1);
  const wanted = new Set(said.map(({ context }) => context));
  const facts = await readFacts(source, wanted);
  const items: Item[] = [];
  for (const record of said) {
    const context = facts.get(record.context);
    const objection = objectionTo(record, context, source);
    if (objection !== undefined || !context) object(objection ?? "its context is no longer kept");
    else items.push({ ...record, id: itemIdOf(record), place: context.place });
  }
  return { items, decisions, objections };
}

type Said = (Correction | Rating) & { readonly context: string };

async function readLastWords({ records }: FeedbackSource, since: number) {
  const last = new Map<string, Said>();
  const decisions = new Map<string, Decision>();
  const objections = new Map<Objection, number>();
  const without = new Set<string>();
  for await (const record of records()) {
    const key = keyOf(record);
    if (record.kind === "decision") decisions.set(record.item, record);
    else if (record.kind !== "reason") last.delete(key);
    if (record.kind !== "rating" && record.kind !== "correction") continue;
    const { context } = record;
    if (record.at < since) continue;
    if (context === undefined) without.add(key);
    else last.set(key, { ...record, context });
  }
  if (without.size > 0) objections.set("no context was kept", without.size);
  return { said: [...last.values()], decisions, objections };
}

interface ContextFacts {
  readonly place: ContextRecord["place"];
  readonly authors: readonly string[];
  readonly at: number;
}

async function readFacts({ contexts }: FeedbackSource, wanted: ReadonlySet<string>) {
  const facts = new Map<string, ContextFacts>();
  for await (const context of contexts()) {
    const { id, place, at } = context;
    if (wanted.has(id)) facts.set(id, { place, at, authors: authorsOf(context) });
  }
  return facts;
}

function objectionTo(
  { rater, at }: Said,
  context: ContextFacts | undefined,
  { consent, forgotten, settings }: FeedbackSource,
): Objection | undefined {
  if (forgotten.covers(rater, at)) return "somebody in it was forgotten";
  if (!context) return "its context is no longer kept";
  const { authors } = context;
  if (authors.some((author) => forgotten.covers(author, context.at))) {
    return "somebody in it was forgotten";
  }
  if (![rater, ...authors].every((person) => consent.has(person, context.place))) {
    return "somebody in it does not agree";
  }
  return isLearntFrom(settings, context.place) ? undefined : "nothing is learnt from its channel";
}
