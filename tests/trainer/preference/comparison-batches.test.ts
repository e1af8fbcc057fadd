import { describe, expect, it } from "vitest";

import {
  batchesOf,
  comparisonBatches,
  type Placed,
} from "../../../trainer/preference/comparison-batches.ts";
import { openComparisons } from "../../../trainer/preference/comparison-set.ts";
import { toPreference } from "../../../trainer/preference/settings.ts";
import type { ShardSet } from "../../../trainer/data/shards.ts";
import { memoryShard, PAD, SOS, type TestConversation } from "../support/memory-shard.ts";

const CHOSEN = [20, 21];
const REJECTED = [30, 31, 32];

/** `prompt chosen prompt rejected`, as preference-rows writes it. */
function pairOf(prompt: readonly number[]): TestConversation {
  const marks = (mark: number, ids: readonly number[]) => ids.map(() => mark);
  return {
    ids: [...prompt, ...CHOSEN, ...prompt, ...REJECTED],
    reply: [marks(0, prompt), marks(1, CHOSEN), marks(0, prompt), marks(2, REJECTED)].flat(),
  };
}

function ratedOf(prompt: readonly number[], reply: readonly number[], wanted: boolean) {
  const marks = [...prompt.map(() => 0), ...reply.map(() => (wanted ? 1 : 2))];
  return { ids: [...prompt, ...reply], reply: marks };
}

function setOf(method: "dpo" | "kto", rows: readonly TestConversation[], context: number) {
  const shards: Pick<ShardSet, "split"> = { split: () => memoryShard(rows) };
  return openComparisons(shards, toPreference(method, {}), { context }).train;
}

const idsOf = (set: ReturnType<typeof setOf>, i: number) =>
  set.read(i).replies.map(({ ids }) => [...ids]);

describe("comparisons", () => {
  it("hold chosen and rejected, without the oldest exchanges that do not fit", () => {
    const long = [SOS, 9, 9, 9, 9, 9, 9, SOS, 7];
    const hopeless = [SOS, ...Array.from({ length: 20 }, () => 9)];
    const set = setOf("dpo", [pairOf([SOS, 5]), pairOf(hopeless), pairOf(long)], 8);
    expect([set.count, set.tooLong]).toEqual([2, 1]);
    expect(idsOf(set, 0)).toEqual([
      [SOS, 5, ...CHOSEN],
      [SOS, 5, ...REJECTED],
    ]);
    expect(idsOf(set, 1)).toEqual([
      [SOS, 7, ...CHOSEN],
      [SOS, 7, ...REJECTED],
    ]);
  });

  it("hold a rated reply and the reply to the next other prompt", () => {
    const rows = [
      ratedOf([SOS, 5], [20], true),
      ratedOf([SOS, 5], [21], false),
      ratedOf([SOS, 6], [22], false),
    ];
    const set = setOf("kto", rows, 8);
    expect([0, 1, 2].map((i) => idsOf(set, i)[1])).toEqual([
      [SOS, 5, 22],
      [SOS, 5, 22],
      [SOS, 6, 20],
    ]);
    expect([0, 1, 2].map((i) => set.read(i).wanted)).toEqual([true, false, false]);
  });

  it("refuse a split in which nothing fits", () => {
    expect(() => setOf("dpo", [pairOf([SOS, 5, 5, 5, 5, 5, 5])], 8)).toThrow(
      "No row to learn from",
    );
  });
});

describe("batches of comparisons", () => {
  const set = setOf(
    "dpo",
    [4, 5, 6, 7, 8].map((id) => pairOf([SOS, id])),
    8,
  );
  const place = (i: number): Placed => ({
    replies: set.read(i).replies,
    reference: [-i, -10 * i],
    importance: 1,
  });

  it("keep both replies together, and mark whose each target is", () => {
    const [batch, ...more] = batchesOf([place(3)], { rows: 2, context: 8, pad: PAD });
    expect(more).toEqual([]);
    expect([...(batch?.tokens ?? [])]).toEqual(
      [SOS, 7, 20, SOS, 7, 30, 31, PAD].concat(Array.from({ length: 8 }, () => PAD)),
    );
    expect([...(batch?.segments ?? [])].slice(0, 8)).toEqual([1, 1, 1, 2, 2, 2, 2, 0]);
    expect([...(batch?.comparisons.slots ?? [])].slice(0, 8)).toEqual([-1, 0, 0, -1, 1, 1, 1, -1]);
    expect([...(batch?.weights ?? [])].slice(0, 8)).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    expect(batch?.comparisons.count).toBe(1);
    expect([...(batch?.comparisons.reference ?? [])]).toEqual([-3, -30]);
  });

  it("show every comparison of an epoch once, in an order that the seed decides", () => {
    const shape = { rows: 2, context: 16 };
    const seen = (seed: number) => {
      const source = comparisonBatches(set, place, { ...shape, seed });
      const batch = source.next();
      return { references: [...batch.comparisons!.reference], cursor: source.cursor };
    };
    expect(seen(1)).toEqual(seen(1));
    expect(seen(1).references).not.toEqual(seen(2).references);
    expect(seen(1).cursor).toEqual({ epoch: 0, window: 0, row: 2 });
  });

  it("go on from a cursor as if they had not stopped", () => {
    const options = { rows: 2, context: 16, seed: 4 };
    const source = comparisonBatches(set, place, options);
    for (let i = 0; i < 4; i++) source.next();
    const other = comparisonBatches(set, place, options);
    other.seek(source.cursor);
    expect(other.next()).toEqual(source.next());
  });
});
