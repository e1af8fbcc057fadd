/**
 * Golden prompts: what the champion gets right, the candidate must too.
 *
 * A greedy reply is one wording, and another wording may miss a pattern though
 * it is as good: of forty prompts a harmless training turns one or two each
 * way. So it is the loss that counts, prompts lost less prompts won, and it is
 * worse where at least two are lost and either that is more than a tenth of
 * what the champion passes, or McNemar's exact test ("Note on the sampling
 * error of the difference between correlated proportions", 1947) gives it less
 * than 5 % by chance. For forty prompts both begin at five.
 */

import type { Check } from "../../../src/core/experiment/verdict.ts";
import type { GoldenResult } from "../../eval/ask-golden.ts";
import { measure, pair, type Case, type Paired } from "./evidence.ts";

const FEWEST_LOST = 2;
const TOLERATED_SHARE = 0.1;
const SIGNIFICANCE = 0.05;

export function checkGolden({ champion, candidate }: Case): Check[] {
  return checkPassed("golden prompts passed", champion.golden, candidate.golden);
}

export function checkPassed(
  name: string,
  champion: GoldenResult,
  candidate: GoldenResult,
): Check[] {
  if (champion.prompts === 0) return [];
  const rows = pair(passes(champion), passes(candidate));
  const lost = rows.filter((row) => row.champion && !row.candidate).length;
  const won = rows.filter((row) => !row.champion && row.candidate).length;
  const measured = measure(rows, (passed) => passed.filter(Boolean).length / rows.length);
  const { interval } = measured;
  const outcome = outcomeOfPassing({ lost, won, passed: champion.passed });
  const names = namesOf(champion, rows);
  const remark = `${won} won, ${lost} lost of ${rows.length}${names}`;
  const figures = { champion: measured.champion, candidate: measured.candidate };
  return [{ name, ...figures, interval, outcome, remark }];
}

interface Turned {
  /** Prompts that only the champion passes, and that only the candidate does. */
  readonly lost: number;
  readonly won: number;
  /** By the champion. */
  readonly passed: number;
}

function passes({ results }: GoldenResult): boolean[] {
  return results.map(({ problems }) => problems.length === 0);
}

export function outcomeOfPassing({ lost, won, passed }: Turned): Check["outcome"] {
  const loss = lost - won;
  const isMuch = loss > TOLERATED_SHARE * passed;
  if (loss >= FEWEST_LOST && (isMuch || isNoChance(lost, won))) return "worse";
  return loss < 0 && isNoChance(won, lost) ? "better" : "same";
}

/** McNemar's exact test, one-sided: would a fair coin turn so many of the changed prompts this way? */
function isNoChance(more: number, less: number): boolean {
  const changed = more + less;
  let chance = 0;
  for (let k = more, ways = choose(changed, more); k <= changed; k++) {
    chance += ways * 2 ** -changed;
    ways = (ways * (changed - k)) / (k + 1);
  }
  return chance < SIGNIFICANCE;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

const MOST_NAMES = 5;

/** Those that are lost, for whoever has to see why. */
function namesOf({ results }: GoldenResult, rows: readonly Paired<boolean>[]): string {
  const lost = results.filter((_, i) => rows[i].champion && !rows[i].candidate);
  if (lost.length === 0) return "";
  const names = lost.slice(0, MOST_NAMES).map(({ name }) => name);
  return `: ${names.join(", ")}${lost.length > MOST_NAMES ? ", …" : ""}`;
}
