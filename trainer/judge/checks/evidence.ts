/** What a check looks at, and what it comes to. */

import type { Check } from "../../../src/core/experiment/verdict.ts";
import type { Exam, Replies, Scores } from "../answers.ts";
import { bootstrap } from "../bootstrap.ts";
import { outcomeOf, type Measured, type Rule } from "../outcome.ts";
import type { Recital } from "../recitals.ts";
import type { Speeds } from "../speed.ts";

/** Of one model. */
export interface Evidence extends Scores, Replies {
  readonly recitals: readonly Recital[];
}

export interface Case {
  readonly exam: Exam;
  readonly champion: Evidence;
  readonly candidate: Evidence;
  readonly speeds: Speeds;
  /** Sentences that the candidate says often, and neither champion nor original data do. */
  readonly foreign: ReadonlySet<string>;
}

/** What both models made of one row. */
export interface Paired<Row> {
  readonly champion: Row;
  readonly candidate: Row;
}

export function pair<Row>(champion: readonly Row[], candidate: readonly Row[]): Paired<Row>[] {
  return champion.map((row, i) => ({ champion: row, candidate: candidate[i] }));
}

/** Both figures over paired rows, and how far their difference could be chance. */
export function measure<Row>(
  rows: readonly Paired<Row>[],
  figure: (rows: readonly Row[]) => number,
): Measured {
  const ofChampion = (some: readonly Paired<Row>[]) => figure(some.map((row) => row.champion));
  const ofCandidate = (some: readonly Paired<Row>[]) => figure(some.map((row) => row.candidate));
  return {
    champion: ofChampion(rows),
    candidate: ofCandidate(rows),
    interval: bootstrap([rows], (some) => ofCandidate(some) - ofChampion(some)),
    rows: rows.length,
  };
}

/** A check by rule, whose remark says how many rows it rests on. */
export function checkByRule(name: string, measured: Measured, rule: Rule, of: string): Check {
  const { champion, candidate, interval, rows } = measured;
  const outcome = outcomeOf(measured, rule);
  const words = `${rows} ${of}${outcome === "unknown" ? ": too little to tell" : ""}`;
  return { name, champion, candidate, interval, outcome, remark: words };
}

export function unknown(name: string, remark: string): Check {
  return { name, champion: NaN, candidate: NaN, outcome: "unknown", remark };
}
