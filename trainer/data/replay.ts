/**
 * Old conversations repeated beside new ones: whoever learns only the new
 * forgets the old.
 *
 * The old ones lie on a ring, in an order that the seed decides, and each
 * epoch takes the next stretch of it, long enough to make the share. So every
 * epoch holds the share, all of the ring comes round before anything is
 * repeated again, and which conversations an epoch has follows from its
 * number alone: a run resumes exactly.
 */

import { Random } from "../../src/core/random.ts";
import { float64List, int32List } from "./number-list.ts";
import type { Shard } from "./shards.ts";
import type { Loss } from "./spans.ts";

/** With less, too much is forgotten. */
export const LEAST_SHARE = 0.1;

/**
 * Where nobody says how much. By experiments on the starter (experiments/LOG.md):
 * of 240 corrections four fifths keep 38 of 40 golden prompts, half 36, a tenth
 * 16; of 36 corrections four fifths are so few that the new answers spread to
 * other questions.
 */
export const USUAL_SHARE = 0.8;
/** Tokens of an epoch. */
const USUAL_TOKENS = 8_000;

/** A part of all tokens that are learnt; `usual`: as much as experience says. */
export type ReplayShare = number | "usual";

export interface Replay {
  /** What may be repeated: the training split of the originals, never what they are judged by. */
  readonly originals: Shard;
  /** Of all tokens that are learnt, at least this part is from the originals. */
  readonly share: ReplayShare;
}

export interface ReplayRing {
  /** There are fewer originals than it takes. */
  readonly isShort: boolean;
  /** What an epoch repeats, unless there is less. */
  readonly tokens: number;
  /** The share that an epoch comes to. */
  readonly share: number;
  /** The originals of an epoch, by their number in the shard. */
  stretch(epoch: number): Int32Array;
}

/** @param fresh the conversations that are new, all of which an epoch has */
export function replayRing(
  fresh: Shard,
  { originals, share }: Replay,
  { loss, seed }: { readonly loss: Loss; readonly seed: number },
): ReplayRing {
  const order = new Random(seed).shuffle(countUp(originals.conversations));
  const members = int32List();
  const ends = float64List(); // tokens up to and with each member
  let total = 0;
  for (const i of order) {
    const targets = targetsOf(originals, i, loss);
    if (targets === 0) continue; // there is nothing to learn in it
    total += targets;
    members.push(i);
    ends.push(total);
  }
  let learnt = 0;
  for (let i = 0; i < fresh.conversations; i++) learnt += targetsOf(fresh, i, loss);
  const wanted = wantedTokens(learnt, share);
  const tokens = Math.min(total, wanted);
  return {
    isShort: total < wanted,
    tokens,
    share: tokens / (tokens + learnt || 1),
    stretch: (epoch) => stretchOf(members.values, ends.values, (epoch * tokens) % total, tokens),
  };
}

function wantedTokens(learnt: number, share: ReplayShare): number {
  if (share === "usual") return Math.max(USUAL_TOKENS, wantedTokens(learnt, USUAL_SHARE));
  return Math.ceil((learnt * share) / (1 - share));
}

/** The members that hold the tokens from `from` on, `tokens` of them; the last is followed by the first. */
function stretchOf(
  members: Int32Array,
  ends: Float64Array,
  from: number,
  tokens: number,
): Int32Array {
  const found = int32List();
  const total = ends.at(-1) ?? 0;
  for (let i = firstAbove(ends, from), end = from; end < from + tokens; i++) {
    if (found.length === members.length) break;
    const round = Math.floor(i / members.length);
    end = ends[i % members.length] + round * total;
    found.push(members[i % members.length]);
  }
  return found.values;
}

/** The first place whose value is above `limit`, in values that rise. */
function firstAbove(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function targetsOf(shard: Shard, i: number, loss: Loss): number {
  const length = shard.length(i);
  if (loss === "all") return length - 1; // nothing predicts the first
  return shard.read(i, 0, length).reply.reduce((sum, one) => sum + Number(one !== 0), 0);
}

function countUp(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
