/**
 * The comparisons of a split: which replies are held against each other.
 *
 * For DPO the chosen and the rejected reply of a pair; for KTO a rated reply,
 * and to the same prompt the reply of another row, which tells how far the
 * model has moved in general. Memory holds 12 bytes a comparison.
 */

import { HintedError } from "../../src/core/errors.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { int32List } from "../data/number-list.ts";
import { repliesIn, type PreferenceMethod, type RepliedPrompt } from "../data/preference-rows.ts";
import type { Shard, ShardSet } from "../data/shards.ts";
import type { SplitName } from "../data/split.ts";
import type { Preference } from "./settings.ts";

/** Rows after a row of which one with another prompt is looked for. */
const NEIGHBOURS = 32;

export interface Comparison {
  readonly replies: readonly [RepliedPrompt, RepliedPrompt];
  /** Whether the first reply is wanted. */
  readonly wanted: boolean;
}

export interface ComparisonSet {
  readonly count: number;
  /** Of the rows, once each. */
  readonly tokens: number;
  /** Rows left out: with even their last exchange alone they do not fit the context. */
  readonly tooLong: number;
  readonly pad: number;
  read(i: number): Comparison;
}

/** @throws HintedError if there is nothing to learn from, or nothing to hold a KL limit against */
export function openComparisons(
  shards: Pick<ShardSet, "split">,
  { method, klLimit }: Preference,
  { context }: Pick<ModelConfig, "context">,
): Record<SplitName, ComparisonSet> {
  const setOf = (split: SplitName) => comparisonsIn(shards.split(split), { method, context });
  const sets = { train: setOf("train"), validation: setOf("validation"), test: setOf("test") };
  if (sets.train.count === 0) {
    throw new HintedError(`No row to learn from fits the context of ${context} tokens.`, {
      hint: "Give shorter rows, or begin with a model of a longer context.",
    });
  }
  if (klLimit === null || sets.validation.count > 0) return sets;
  throw new HintedError(`--set klLimit=${klLimit}: no prompt is held out to measure the KL on.`, {
    hint: "Add rows with other prompts: all rows of one prompt are in one split.",
  });
}

function comparisonsIn(
  shard: Shard,
  { method, context }: { readonly method: PreferenceMethod; readonly context: number },
): ComparisonSet {
  const rows = int32List();
  const starts = int32List();
  let tokens = 0;
  for (let row = 0; row < shard.conversations; row++) {
    const start = startThatFits(readRow(shard, row), context, shard.sos);
    if (start === undefined) continue;
    tokens += shard.length(row);
    rows.push(row);
    starts.push(start);
  }
  const count = rows.length;
  const replies = (i: number) => {
    const start = starts.values[i];
    return readRow(shard, rows.values[i]).map(({ ids, replyStart, wanted }) => {
      return { ids: ids.subarray(start), replyStart: replyStart - start, wanted };
    });
  };
  const partners = method === "kto" ? partnersOf(count, (i) => replies(i)[0], context) : undefined;
  return {
    count,
    tokens,
    tooLong: shard.conversations - count,
    pad: shard.pad,
    read(i) {
      const [first, second] = replies(i);
      const other = partners ? mismatched(first, replies(partners[i])[0]) : second;
      return { replies: [first, other], wanted: first.wanted };
    },
  };
}

function readRow(shard: Shard, row: number): RepliedPrompt[] {
  return repliesIn(shard.read(row, 0, shard.length(row)));
}

/** Where the prompt begins without its oldest exchanges, so that each of the replies fits. */
function startThatFits(
  replies: readonly RepliedPrompt[],
  context: number,
  sos: number,
): number | undefined {
  const [{ ids, replyStart }] = replies;
  const length = Math.max(...replies.map((reply) => reply.ids.length));
  let start = 0;
  while (length - start - 1 > context) {
    start = ids.indexOf(sos, start + 1);
    if (start < 0 || start >= replyStart) return undefined;
  }
  return start;
}

/**
 * For each row the next one with another prompt whose reply fits behind its own; where there is
 * none nearby, itself.
 */
function partnersOf(
  count: number,
  reply: (i: number) => RepliedPrompt,
  context: number,
): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const own = reply(i);
    for (let step = 1; step <= Math.min(NEIGHBOURS, count - 1); step++) {
      const other = reply((i + step) % count);
      const isOther = promptOf(own) !== promptOf(other);
      if (isOther && mismatched(own, other).ids.length - 1 <= context) return (i + step) % count;
    }
    return i;
  });
}

const promptOf = ({ ids, replyStart }: RepliedPrompt) => ids.subarray(0, replyStart).join();

/** One prompt with the reply to another. */
function mismatched(
  { ids, replyStart, wanted }: RepliedPrompt,
  other: RepliedPrompt,
): RepliedPrompt {
  const prompt = ids.subarray(0, replyStart);
  return {
    ids: Int32Array.of(...prompt, ...other.ids.subarray(other.replyStart)),
    replyStart,
    wanted,
  };
}
