/** What people taught, and was held out: the candidate is there to be better at it. */

import type { Check } from "../../../src/core/experiment/verdict.ts";
import type { MetricSums } from "../../eval/metrics.ts";
import { bootstrap } from "../bootstrap.ts";
import { checkByRule, measure, pair, unknown, type Case, type Paired } from "./evidence.ts";
import { bitsPerByte } from "./test-set.ts";

/**
 * In bits a byte, and in shares of the pairs. Rows are few and replies short, so the limit is wide:
 * what is noise here must not refuse what the larger test set lets pass.
 */
const BITS = { tolerance: 0.02, limit: 0.2 };
const SHARE = { tolerance: 0.05, limit: 0.2 };

export function checkFeedback(trial: Case): Check[] {
  if (!trial.exam.feedback) return [];
  return [checkCorrections(trial), ...checkPairs(trial), checkThumbs(trial)];
}

function checkCorrections({ champion, candidate }: Case): Check {
  const name = "feedback held out, bits a byte of better answers";
  const rows = pair(champion.corrections, candidate.corrections);
  if (rows.length === 0) return unknown(name, "no better answer is held out");
  const measured = measure(rows, bitsPerByte);
  return checkByRule(name, measured, { better: "lower", ...BITS }, "better answers");
}

type PairSums = Case["champion"]["pairs"][number];

/** How much likelier the chosen reply is, in bits a byte of each: a long reply is no worse for its length. */
const marginOf = ({ chosen, rejected }: PairSums) => bitsOf(rejected) - bitsOf(chosen);

/** A byte of one reply; its end counts as one, so that silence has a figure too. */
const bitsOf = ({ nats, bytes }: MetricSums) => nats / Math.LN2 / (bytes + 1);

function checkPairs({ champion, candidate }: Case): Check[] {
  const names = [
    "pairs held out, bits a byte between the replies",
    "pairs held out, share preferred rightly",
  ] as const;
  const rows = pair(champion.pairs, candidate.pairs);
  if (rows.length === 0) return [unknown(names[0], "no pair is held out")];
  const margin = measure(rows, (pairs) => mean(pairs.map(marginOf)));
  const share = measure(rows, (pairs) => mean(pairs.map((one) => Number(marginOf(one) > 0))));
  return [
    checkByRule(names[0], margin, { better: "higher", ...BITS }, "pairs"),
    checkByRule(names[1], share, { better: "higher", ...SHARE }, "pairs"),
  ];
}

function checkThumbs({ exam, champion, candidate }: Case): Check {
  const name = "thumbs held out, bits a byte between good and bad";
  const rows = pair(champion.thumbs, candidate.thumbs);
  const isGood = (_: unknown, i: number) => exam.feedback?.thumbs[i]?.good === true;
  const good = rows.filter(isGood);
  const bad = rows.filter((row, i) => !isGood(row, i));
  if (good.length === 0 || bad.length === 0) {
    return unknown(name, `${good.length} good and ${bad.length} bad replies are held out`);
  }
  const differenceOf =
    (side: keyof Paired<MetricSums>) => (goods: typeof rows, bads: typeof rows) =>
      mean(bads.map((row) => bitsOf(row[side]))) - mean(goods.map((row) => bitsOf(row[side])));
  const [ofChampion, ofCandidate] = [differenceOf("champion"), differenceOf("candidate")];
  const measured = {
    champion: ofChampion(good, bad),
    candidate: ofCandidate(good, bad),
    interval: bootstrap([good, bad], (goods = [], bads = []) => {
      return ofCandidate(goods, bads) - ofChampion(goods, bads);
    }),
    rows: Math.min(good.length, bad.length),
  };
  return checkByRule(name, measured, { better: "higher", ...BITS }, "of the rarer thumb");
}

/**
 * For whoever reads, and no reason to win: of the rows that were learnt from,
 * how many better answers the model would now give word for word.
 */
export function showLearnt({ exam, champion, candidate }: Case): Check[] {
  if (!exam.feedback || exam.feedback.learnt.length === 0) return [];
  return [
    {
      name: "learnt better answers, given word for word",
      champion: countKnown(champion.learnt),
      candidate: countKnown(candidate.learnt),
      outcome: "same",
      remark: `of ${candidate.learnt.length}; for information`,
    },
  ];
}

/** A greedy reply is this very text where each of its tokens is the likeliest. */
function countKnown(rows: readonly MetricSums[]): number {
  return rows.filter(({ targets, top1 }) => targets === top1).length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
