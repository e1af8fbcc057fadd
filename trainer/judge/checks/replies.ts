/** What replies to held-out prompts are like, whether right or wrong: variety, repetition, silence, length. */

import type { Check } from "../../../src/core/experiment/verdict.ts";
import type { ReplyFigures } from "../../../src/core/experiment/run-record.ts";
import { dissect, figuresOf, type DissectedReply } from "../../eval/reply-figures.ts";
import type { Rule } from "../outcome.ts";
import { checkByRule, measure, unknown, type Case, type Paired } from "./evidence.ts";

/** In shares: five replies of a hundred more, or less, are noticed; fifteen ruin a model. */
const SHARE = { tolerance: 0.05, limit: 0.15 };

const RULES: readonly (readonly [title: string, key: keyof ReplyFigures, rule: Rule])[] = [
  ["replies that repeat four words", "repeating", { better: "lower", ...SHARE }],
  ["replies that say nothing", "empty", { better: "lower", ...SHARE }],
  ["replies that end by themselves", "ended", { better: "higher", ...SHARE }],
  ["distinct pairs of words in replies", "distinct2", { better: "higher", ...SHARE }],
];

/** A reply that is so many times as long, or as short, is another kind of reply. */
const LENGTH_FACTOR = 2;

export function checkReplies({ champion, candidate }: Case): Check[] {
  const rows: Paired<DissectedReply>[] = [];
  for (const [conversation, reply] of champion.heldOut) {
    const other = candidate.heldOut.get(conversation);
    if (other) rows.push({ champion: dissect(reply), candidate: dissect(other) });
  }
  if (rows.length === 0) return [unknown("replies to held-out prompts", "no prompt is held out")];
  const checks = RULES.map(([title, key, rule]) => {
    const measured = measure(rows, (replies) => figuresOf(replies)[key]);
    return checkByRule(title, measured, rule, "replies");
  });
  return [...checks, checkLength(rows)];
}

function checkLength(rows: readonly Paired<DissectedReply>[]): Check {
  const measured = measure(rows, (replies) => figuresOf(replies).meanWords);
  const { champion, candidate, interval } = measured;
  const isOther =
    interval[0] + champion > LENGTH_FACTOR * champion ||
    interval[1] + champion < champion / LENGTH_FACTOR;
  const outcome = isOther ? "worse" : "same";
  const remark = `${rows.length} replies; worse beyond twice or half as long`;
  return { name: "words a reply", champion, candidate, interval, outcome, remark };
}
