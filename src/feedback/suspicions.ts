/** What looks as if somebody wanted to teach the model something bad, alone, with many hands, or in a hurry. */

import { Groups } from "./groups.ts";
import type { Items } from "./items.ts";

/** So many pieces of feedback within so many milliseconds are no reading of replies. */
const BURST = 30;
const BURST_WINDOW = 10 * 60_000;

/** A better answer given so often by people who gave it before is a slogan; many who give it once agree. */
const REPEATS = 2;

/** An item, and what is suspicious about it. */
type Suspicion = readonly [index: number, reason: string];

/** By item; of several the last one named here. */
export function suspicionsOf(items: Items): (string | undefined)[] {
  const suspicions = Array.from<string | undefined>({ length: items.length });
  for (const find of [contradictionsIn, slogansIn, burstsIn]) {
    for (const [index, reason] of find(items)) suspicions[index] = reason;
  }
  return suspicions;
}

/** Ratings of one reply that say both. */
function* contradictionsIn(items: Items): Generator<Suspicion, void, void> {
  const ratings = items.indicesOf((index) => items.verdictOf(index) !== undefined);
  for (const ofReply of new Groups(ratings, items.replies.size, (one) => items.reply.at(one))) {
    const good = ofReply.filter((one) => items.verdictOf(one) === "good").length;
    const bad = ofReply.length - good;
    if (good === 0 || bad === 0) continue;
    const reason = `raters disagree: ${good} good, ${bad} bad`;
    for (const index of ofReply) yield [index, reason];
  }
}

/** The same better answer again and again, by one person or by a few. */
function* slogansIn(items: Items): Generator<Suspicion, void, void> {
  const answers = items.indicesOf((index) => items.verdictOf(index) === undefined);
  for (const same of new Groups(answers, items.answers.size, (one) => items.answer.at(one))) {
    const people = new Set([...same].map((one) => items.rater.at(one))).size;
    if (same.length - people < REPEATS) continue;
    const reason = `the same answer ${same.length} times`;
    for (const index of same) yield [index, reason];
  }
}

/** Many pieces of one person in a short time: all of those. */
function* burstsIn(items: Items): Generator<Suspicion, void, void> {
  const reason = `${BURST} or more in ten minutes`;
  const timeOf = (index: number) => items.time.at(index);
  for (const ofPerson of new Groups(
    items.indicesOf(() => true),
    items.raters.size,
    (one) => items.rater.at(one),
  )) {
    const inTime = ofPerson.toSorted((one, other) => timeOf(one) - timeOf(other));
    for (let first = 0, last = BURST - 1; last < inTime.length; first++, last++) {
      const [begin = 0, end = 0] = [inTime[first], inTime[last]];
      if (timeOf(end) - timeOf(begin) > BURST_WINDOW) continue;
      for (const index of inTime.subarray(first, last + 1)) yield [index, reason];
    }
  }
}
