/**
 * Stretches of conversations that fit the context.
 *
 * A span covers `length` positions of a conversation: it reads the tokens from
 * `start` on and predicts the token after each. Spans lie apart in their
 * targets, together they hold every target once. Knows nothing of rows.
 */

import type { Random } from "../../src/core/random.ts";
import { int32List, type NumberList } from "./number-list.ts";
import type { Shard } from "./shards.ts";

/** `all`: every token of a conversation is to be predicted; `replies`: only what the bot says. */
export type Loss = "all" | "replies";

/** A list of spans, a column each. */
export class Spans {
  readonly conversations: NumberList<Int32Array> = int32List();
  readonly starts: NumberList<Int32Array> = int32List();
  readonly lengths: NumberList<Int32Array> = int32List();
  /** Positions at the front that are only read: another span predicts there. */
  readonly contexts: NumberList<Int32Array> = int32List();

  get count(): number {
    return this.lengths.length;
  }

  push(conversation: number, start: number, length: number, context: number): void {
    this.conversations.push(conversation);
    this.starts.push(start);
    this.lengths.push(length);
    this.contexts.push(context);
  }
}

/**
 * For learning: conversations that are too long are cut where an exchange
 * begins, or anywhere where one exchange alone is too long. Pieces in which
 * nothing is to be predicted are left out. Chance decides how long the first
 * piece may be: other cuts each time, so that no token is always the one
 * with nothing before it.
 */
export function trainSpans(
  shard: Shard,
  conversations: Int32Array,
  context: number,
  loss: Loss,
  random: Random,
): Spans {
  const spans = new Spans();
  for (const i of conversations) {
    const positions = shard.length(i) - 1; // nothing follows the last token
    if (positions <= context) {
      spans.push(i, 0, positions, 0);
      continue;
    }
    const { ids, reply } = shard.read(i, 0, positions + 1);
    for (let start = 0, most = 1 + random.below(context); start < positions; most = context) {
      const end = cutOf(ids, start, most, context, shard.sos);
      const hasTarget = loss === "all" || reply.subarray(start + 1, end + 1).includes(1);
      if (hasTarget) spans.push(i, start, end - start, 0);
      start = end;
    }
  }
  return spans;
}

/**
 * Where the piece that begins at `start` ends: at the last exchange start within `most`, else at
 * the first within the context, else anywhere.
 */
function cutOf(ids: Int32Array, start: number, most: number, context: number, sos: number): number {
  if (start + context >= ids.length - 1 && most === context) return ids.length - 1;
  const before = ids.lastIndexOf(sos, start + most);
  if (before > start) return before;
  const after = ids.indexOf(sos, start + most);
  return after > start && after <= start + context ? after : start + most;
}

/**
 * For judging: long conversations are read in windows that move by half the
 * context, and each predicts what the one before did not, so that every later
 * target is predicted from at least half a context.
 */
export function evalSpans(shard: Shard, context: number, limit = Infinity): Spans {
  const spans = new Spans();
  const stride = Math.max(1, Math.floor(context / 2));
  for (const i of chosenConversations(shard, limit)) {
    const positions = shard.length(i) - 1;
    let predicted = 0;
    for (let start = 0; predicted < positions; start += stride) {
      const end = Math.min(start + context, positions);
      spans.push(i, start, end - start, predicted - start);
      predicted = end;
    }
  }
  return spans;
}

/** All of them, or about `limit` tokens in whole conversations, spread evenly over the split. */
function* chosenConversations(shard: Shard, limit: number): Generator<number> {
  const step = Math.max(1, shard.tokens / limit);
  for (let at = 0; at < shard.conversations; at += step) yield Math.floor(at);
}
