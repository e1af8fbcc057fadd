/** The test split of the original data: what the champion learnt must not be forgotten. */

import type { Check } from "../../../src/core/experiment/verdict.ts";
import type { MetricSums } from "../../eval/metrics.ts";
import { checkByRule, measure, pair, unknown, type Case } from "./evidence.ts";

const NAME = "original test set, bits a byte";

/**
 * In bits a byte, not in shares of the champion's figure: what a reader of a reply may notice is
 * how much less likely the model finds it, and a fiftieth of a bit is about one bit in a sentence
 * of fifty letters. Of a champion at 1.3 bits a byte it is 1.5 %, where seeds differ by 0.3 %
 * (experiments/LOG.md); of one that knows its corpus by heart a share would be next to nothing.
 */
const RULE = { better: "lower", tolerance: 0.02, limit: 0.05 } as const;

/** Of the text of replies, as in `lfz eval`. */
export function bitsPerByte(rows: readonly MetricSums[]): number {
  const sum = (key: "nats" | "bytes") => rows.reduce((total, row) => total + row[key], 0);
  return sum("nats") / Math.LN2 / sum("bytes");
}

export function checkTestSet({ champion, candidate }: Case): Check[] {
  const rows = pair(champion.testSet, candidate.testSet).filter((row) => row.champion.bytes > 0);
  if (rows.length === 0) return [unknown(NAME, "no conversation in the test split")];
  return [checkByRule(NAME, measure(rows, bitsPerByte), RULE, "conversations")];
}
