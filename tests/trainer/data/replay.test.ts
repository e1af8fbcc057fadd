import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { trainBatches } from "../../../trainer/data/batches.ts";
import { replayRing } from "../../../trainer/data/replay.ts";
import type { Shard } from "../../../trainer/data/shards.ts";
import { memoryShard } from "../support/memory-shard.ts";

/** Conversations of one question and replies of these lengths; every token of number `i` is `first + i`. */
function shardOf(replyLengths: readonly number[], first: number): Shard {
  return memoryShard(
    replyLengths.map((length, i) => {
      const ids = [0, ...Array.from({ length: length + 1 }, () => first + i)];
      return { ids, reply: ids.map((_, at) => at >= 2) };
    }),
  );
}

const lengths = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max });
/** In which something is learnt. */
const learnable = lengths(1, 9).filter((list) => list.some((length) => length > 0));
const shares = fc.double({ min: 0.1, max: 0.9, noNaN: true });
const sum = (values: Iterable<number>) => [...values].reduce((total, one) => total + one, 0);

describe("replayRing", () => {
  it("gives every epoch the share in tokens that are learnt, or all there is", () => {
    fc.assert(
      fc.property(learnable, lengths(1, 40), shares, (fresh, originals, share) => {
        const shard = shardOf(originals, 100);
        const ring = replayRing(shardOf(fresh, 10), { originals: shard, share }, options);
        for (let epoch = 0; epoch < 5; epoch++) {
          const repeated = [...ring.stretch(epoch)];
          const tokens = sum(repeated.map((i) => originals[i] ?? 0));
          expect(new Set(repeated).size).toBe(repeated.length);
          const isAll = repeated.length === originals.filter((length) => length > 0).length;
          const reached = tokens / (tokens + sum(fresh));
          expect(isAll || reached >= share - 1e-9).toBe(true);
          expect(tokens).toBeLessThan(ring.tokens + 2 * 9 + 1); // no more than the row at each end
        }
      }),
    );
  });

  it("repeats nothing before all of it has come round", () => {
    const ring = replayRing(
      shardOf([6, 6], 10),
      { originals: shardOf(Array<number>(12).fill(3), 100), share: 0.5 },
      options,
    );
    const rounds = [0, 1, 2].map((epoch) => [...ring.stretch(epoch)]);
    expect(rounds.map(({ length }) => length)).toEqual([4, 4, 4]);
    expect(new Set(rounds.flat()).size).toBe(12);
    expect([...ring.stretch(3)]).toEqual(rounds[0]);
  });

  it("takes other conversations for another seed, and none in which nothing is learnt", () => {
    const originals = shardOf(
      Array.from({ length: 30 }, (_, i) => i % 2),
      100,
    );
    const stretchOf = (seed: number) => [
      ...replayRing(shardOf([5], 10), { originals, share: 0.5 }, { loss: "replies", seed }).stretch(
        0,
      ),
    ];
    expect(stretchOf(1)).not.toEqual(stretchOf(2));
    expect(stretchOf(1).every((i) => i % 2 === 1)).toBe(true);
  });
});

const options = { loss: "replies" as const, seed: 1 };

describe("trainBatches with a replay", () => {
  const fresh = shardOf([2, 3, 4], 10);
  const replay = { originals: shardOf(Array<number>(20).fill(3), 100), share: 0.5 };
  const open = () => trainBatches(fresh, { rows: 2, context: 16, window: 4, ...options, replay });

  /** First tokens of the conversations of an epoch, in their order. */
  function conversationsOf(epoch: number): number[] {
    const source = trainBatches(fresh, { rows: 1, context: 16, ...options, replay });
    source.seek({ epoch, window: 0, row: 0 });
    const found: number[] = [];
    while (source.cursor.epoch === epoch) {
      const { tokens } = source.next();
      tokens.forEach((token, i) => token === 0 && found.push(tokens[i + 1] ?? 0));
    }
    return found;
  }

  it("mixes all that is new with other originals each epoch", () => {
    const [first, second] = [conversationsOf(0), conversationsOf(1)];
    for (const epoch of [first, second]) {
      expect(epoch.filter((token) => token < 100).sort((a, b) => a - b)).toEqual([10, 11, 12]);
    }
    const old = (epoch: number[]) => epoch.filter((token) => token >= 100);
    expect(old(first)).toHaveLength(3);
    expect(old(second)).toHaveLength(3);
    expect(new Set([...old(first), ...old(second)]).size).toBe(6);
  });

  it("goes on exactly where a cursor was taken, across epochs", () => {
    for (let steps = 0; steps < 12; steps++) {
      const first = open();
      for (let i = 0; i < steps; i++) first.next();
      const second = open();
      second.seek(first.cursor);
      for (let i = 0; i < 4; i++) expect(second.next()).toEqual(first.next());
      expect(second.cursor).toEqual(first.cursor);
    }
  });
});
