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

/** Of several on one item the last one counts. */
export function* suspicionsIn(items: Items): Generator<Suspicion, void, void> {
  yield* contradictionsIn(items);
  yield* slogansIn(items);
  yield* burstsIn(items);
}

/** Ratings of one reply that say both. */
function* contradictionsIn(items: Items): Generator<Suspicion, void, void> {
  const counts = {
    good: new Uint32Array(items.replies.size),
    bad: new Uint32Array(items.replies.size),
  };
  for (let index = 0; index < items.length; index++) {
    const verdict = items.verdictOf(index);
    const reply = items.reply.at(index);
    if (verdict) counts[verdict][reply] = (counts[verdict][reply] ?? 0) + 1;
  }
  for (let index = 0; index < items.length; index++) {
    const reply = items.reply.at(index);
    const [good = 0, bad = 0] = [counts.good[reply], counts.bad[reply]];
    const isSaid = items.verdictOf(index) !== undefined && good > 0 && bad > 0;
    if (isSaid) yield [index, `raters disagree: ${good} good, ${bad} bad`];
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
  const all = items.indicesOf(() => true);
  for (const ofPerson of new Groups(all, items.raters.size, (one) => items.rater.at(one))) {
    const inTime = ofPerson.toSorted((one, other) => timeOf(one) - timeOf(other));
    for (let first = 0, last = BURST - 1; last < inTime.length; first++, last++) {
      const [begin = 0, end = 0] = [inTime[first], inTime[last]];
      if (timeOf(end) - timeOf(begin) > BURST_WINDOW) continue;
      for (const index of inTime.subarray(first, last + 1)) yield [index, reason];
    }
  }
}
