/**
 * What of the gathered feedback is learnt from. Whoever can rate can try to
 * teach the model something bad, alone, with many hands, or in a hurry: what
 * looks so is held until a reviewer approves it, and nobody gets more than a
 * fixed number through, whatever they do.
 */

import { settingsAt, type BotSettings } from "../chat/settings.ts";
import type { Decision, Gathered, Item } from "./gather.ts";
import { groupBy } from "./group-by.ts";

/** So many pieces of feedback within so many milliseconds are no reading of replies. */
const BURST = 30;
const BURST_WINDOW = 10 * 60_000;

/** A better answer given so often by people who gave it before is a slogan; many who give it once agree. */
const REPEATS = 2;

/** What one person gives to learn from in one cycle, at most. */
export const PER_PERSON = 200;

/**
 * `taken`: to be learnt from; `waiting`: nobody has reviewed it yet;
 * `held`: suspicious, and nobody has approved it; `dropped`: not learnt from.
 */
export type Outcome = "taken" | "waiting" | "held" | "dropped";

export interface Screened {
  readonly item: Item;
  readonly outcome: Outcome;
  /** Why it is not taken. */
  readonly reason?: string | undefined;
}

export interface Screening {
  readonly settings: BotSettings;
  readonly perPerson?: number;
}

/** In the order of the items. */
export function screen(
  { items, decisions }: Gathered,
  { settings, perPerson = PER_PERSON }: Screening,
): Screened[] {
  const suspicions = suspicionsOf(items);
  const trustIn = trustFrom(items, decisions);
  const outcomeOf = (item: Item): Screened => {
    const decision = decisions.get(item.id);
    if (decision?.verdict === "rejected") return { item, outcome: "dropped", reason: "rejected" };
    if (decision) return { item: asDecided(item, decision), outcome: "taken" };
    const suspicion = suspicions.get(item);
    if (suspicion !== undefined) return { item, outcome: "held", reason: suspicion };
    const isReviewed = item.kind === "rating" || !settingsAt(settings, item.place).review;
    return isReviewed
      ? { item, outcome: "taken" }
      : { item, outcome: "waiting", reason: "not reviewed" };
  };
  return capped(withoutEchoes(items.map(outcomeOf)), (rater) =>
    Math.max(1, Math.round(perPerson * trustIn(rater))),
  );
}

/** How much of what a person gives reviewers let through, 1 at first: each is judged as if one more had been approved. */
function trustFrom(
  items: readonly Item[],
  decisions: Gathered["decisions"],
): (rater: string) => number {
  const decided = new Map<string, { approved: number; rejected: number }>();
  for (const { id, rater } of items) {
    const verdict = decisions.get(id)?.verdict;
    if (!verdict) continue;
    const counts = decided.get(rater) ?? { approved: 1, rejected: 0 };
    counts[verdict]++;
    decided.set(rater, counts);
  }
  return (rater) => {
    const { approved, rejected } = decided.get(rater) ?? { approved: 1, rejected: 0 };
    return approved / (approved + rejected);
  };
}

function asDecided(item: Item, { text }: Decision): Item {
  return item.kind === "correction" && text !== undefined ? { ...item, text } : item;
}

function suspicionsOf(items: readonly Item[]): Map<Item, string> {
  return new Map([...contradictionsIn(items), ...slogansIn(items), ...burstsIn(items)]);
}

/** An item, and what is suspicious about it. */
type Suspicion = readonly [item: Item, reason: string];

/** Ratings of one reply that say both. */
function contradictionsIn(items: readonly Item[]): Suspicion[] {
  const ratings = items.filter(({ kind }) => kind === "rating");
  return groupsOf(ratings, ({ reply }) => reply).flatMap((ofReply) => {
    const good = ofReply.filter((item) => item.kind === "rating" && item.verdict === "good").length;
    const bad = ofReply.length - good;
    if (good === 0 || bad === 0) return [];
    return ofReply.map((item): Suspicion => [item, `raters disagree: ${good} good, ${bad} bad`]);
  });
}

/** The same better answer again and again, by one person or by a few. */
function slogansIn(items: readonly Item[]): Suspicion[] {
  const corrections = items.filter(({ kind }) => kind === "correction");
  return groupsOf(corrections, (item) => (item.kind === "correction" ? plain(item.text) : ""))
    .filter((same) => same.length - new Set(same.map(({ rater }) => rater)).size >= REPEATS)
    .flatMap((same) =>
      same.map((item): Suspicion => [item, `the same answer ${same.length} times`]),
    );
}

/** Many pieces of one person in a short time: all of those. */
function burstsIn(items: readonly Item[]): Suspicion[] {
  return groupsOf(items, ({ rater }) => rater).flatMap((ofPerson) => {
    const inTime = ofPerson.toSorted((one, other) => one.at - other.at);
    const caught = new Set<Item>();
    inTime.forEach((last, index) => {
      const first = index - BURST + 1;
      if (last.at - (inTime[first]?.at ?? -Infinity) > BURST_WINDOW) return;
      for (const item of inTime.slice(first, index + 1)) caught.add(item);
    });
    return [...caught].map((item): Suspicion => [item, `${BURST} or more in ten minutes`]);
  });
}

/** A thumb like one that the same reply has already is no second row to learn from. */
function withoutEchoes(screened: readonly Screened[]): Screened[] {
  const rated = new Set<string>();
  return screened.map((one) => {
    const { item, outcome } = one;
    if (outcome !== "taken" || item.kind !== "rating") return one;
    if (rated.has(item.reply)) return { item, outcome: "dropped", reason: "rated so already" };
    rated.add(item.reply);
    return one;
  });
}

/** The newest of each person, so many of them as the person has earned. */
function capped(screened: readonly Screened[], capOf: (rater: string) => number): Screened[] {
  const taken = new Map<string, number>();
  const capOne = (one: Screened): Screened => {
    if (one.outcome !== "taken") return one;
    const { rater } = one.item;
    const count = (taken.get(rater) ?? 0) + 1;
    taken.set(rater, count);
    const cap = capOf(rater);
    if (count <= cap) return one;
    return { ...one, outcome: "dropped", reason: `more than ${cap} of one person` };
  };
  return screened.toReversed().map(capOne).toReversed();
}

const groupsOf = (items: readonly Item[], keyOf: (item: Item) => string) => [
  ...groupBy(items, keyOf).values(),
];

/** Upper case, blanks and signs make no other text. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
