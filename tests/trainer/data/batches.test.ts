import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evalBatches, trainBatches } from "../../../trainer/data/batches.ts";
import {
  cellsOf,
  memoryShard,
  PAD,
  SOS,
  type Cell,
  type TestConversation,
} from "../support/memory-shard.ts";

const FIRST_TOKEN = 10;

/** Tokens that occur once in the whole shard, so that a target says by itself where it is from. */
const shards = fc
  .array(
    fc.array(fc.record({ isStart: fc.boolean(), reply: fc.boolean() }), {
      minLength: 2,
      maxLength: 40,
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((shapes) => {
    let next = FIRST_TOKEN;
    const conversations = shapes.map((tokens): TestConversation => {
      const last = tokens.length - 1;
      return {
        ids: tokens.map(({ isStart }) => (isStart && next++ ? SOS : next++)),
        reply: tokens.map(({ reply }, i) => reply || i === last), // as <stop> ends every conversation
      };
    });
    return { conversations, shard: memoryShard(conversations) };
  });

const sizes = { rows: fc.integer({ min: 1, max: 3 }), context: fc.integer({ min: 1, max: 9 }) };
const loss = fc.constantFrom("all" as const, "replies" as const);

/** Everything an epoch predicts, as "token after token" pairs. */
function targetsOf(cells: Iterable<Cell>): string[] {
  return [...cells]
    .filter(({ weight }) => weight === 1)
    .map(({ token, target }) => `${token}>${target}`)
    .sort();
}

function wantedTargets(
  conversations: readonly TestConversation[],
  kind: "all" | "replies",
): string[] {
  return conversations
    .flatMap(({ ids, reply }) =>
      ids.slice(1).flatMap((id, i) => (kind === "all" || reply[i + 1] ? [`${ids[i]}>${id}`] : [])),
    )
    .sort();
}

function epochOf(...args: Parameters<typeof trainBatches>): Cell[] {
  const source = trainBatches(args[0], { ...args[1], rows: 1 });
  const cells: Cell[] = [];
  for (let row = 0; source.cursor.epoch === 0; row++) {
    cells.push(...cellsOf(source.next()).map((cell) => ({ ...cell, row })));
  }
  return cells;
}

/** Where the pairs of a conversation may come from: neighbours in it, never two conversations. */
function expectNothingCrosses(cells: readonly Cell[], conversations: readonly TestConversation[]) {
  const pairs = new Set(wantedTargets(conversations, "all"));
  const isWrong = ({ token, target, weight, segment }: Cell) =>
    segment === 0
      ? token !== PAD || target !== PAD || weight !== 0
      : !pairs.has(`${token}>${target}`);
  expect(cells.filter(isWrong)).toEqual([]);
}

describe("trainBatches", () => {
  it("lays conversations side by side, numbered, each predicting its own next token", () => {
    const shard = memoryShard([
      { ids: [0, 11, 12, 13], reply: [false, false, true, true] },
      { ids: [0, 21, 22], reply: [false, false, true] },
    ]);
    const batch = trainBatches(shard, { rows: 1, context: 6, loss: "replies", seed: 1 }).next();

    expect([...batch.tokens]).toEqual([0, 11, 12, 0, 21, PAD]);
    expect([...batch.targets]).toEqual([11, 12, 13, 21, 22, PAD]);
    expect([...batch.weights]).toEqual([0, 1, 1, 0, 1, 0]);
    expect([...batch.segments]).toEqual([1, 1, 1, 2, 2, 0]);
  });

  it("cuts a long conversation where an exchange begins", () => {
    const ids = [0, 11, 12, 0, 13, 14, 15, 0, 16];
    const shard = memoryShard([{ ids, reply: ids.map(() => true) }]);
    for (let seed = 0; seed < 20; seed++) {
      const rows = epochOf(shard, { rows: 1, context: 5, loss: "all", seed, packing: "padded" });
      const starts = rows.filter(({ column, segment }) => column === 0 && segment > 0);
      expect(starts.map(({ token }) => token)).toEqual(starts.map(() => SOS));
    }
  });

  it("cuts a text without exchanges elsewhere each epoch", () => {
    const ids = Array.from({ length: 60 }, (_, i) => i + FIRST_TOKEN);
    const shard = memoryShard([{ ids, reply: ids.map(() => true) }]);
    const source = trainBatches(shard, { rows: 1, context: 16, loss: "all", seed: 1 });
    const startsOf = (epoch: number) => {
      source.seek({ epoch, window: 0, row: 0 });
      const starts = [];
      while (source.cursor.epoch === epoch) starts.push(source.next().tokens[0]);
      return starts.sort((a, b) => a - b);
    };
    expect(startsOf(0)).not.toEqual(startsOf(1));
    expect(startsOf(1)).not.toEqual(startsOf(2));
    expect(startsOf(0)).toEqual(startsOf(0));
  });

  it("predicts every target once an epoch, packed or padded, and nothing across conversations", () => {
    fc.assert(
      fc.property(
        shards,
        sizes.context,
        loss,
        fc.integer(),
        ({ conversations, shard }, context, kind, seed) => {
          for (const packing of ["packed", "padded"] as const) {
            for (const window of [undefined, 3]) {
              const options = { rows: 1, context, loss: kind, seed, packing, window };
              const cells = epochOf(shard, options);
              expectNothingCrosses(cells, conversations);
              expect(targetsOf(cells)).toEqual(wantedTargets(conversations, kind));
            }
          }
        },
      ),
    );
  });

  it("goes on exactly where a cursor was taken, across epochs", () => {
    fc.assert(
      fc.property(shards, sizes.rows, fc.integer({ min: 0, max: 30 }), ({ shard }, rows, steps) => {
        const options = { rows, context: 7, loss: "all" as const, seed: 5, window: 4 };
        const first = trainBatches(shard, options);
        for (let i = 0; i < steps; i++) first.next();
        const second = trainBatches(shard, options);
        second.seek(first.cursor);
        for (let i = 0; i < 3; i++) expect(second.next()).toEqual(first.next());
        expect(second.cursor).toEqual(first.cursor);
      }),
    );
  });

  it("counts an epoch as over once all its rows are seen", () => {
    const shard = memoryShard(
      Array.from({ length: 4 }, () => ({ ids: [0, 9], reply: [false, true] })),
    );
    const source = trainBatches(shard, {
      rows: 3,
      context: 4,
      loss: "all",
      seed: 1,
      packing: "padded",
    });
    source.next();
    expect(source.cursor).toEqual({ epoch: 0, window: 0, row: 3 });
    expect(source.epochs).toBe(0.75);
    source.next();
    expect(source.cursor).toEqual({ epoch: 1, window: 0, row: 2 });
    expect(source.epochs).toBe(1.5);
  });

  it("finds about the same place in another epoch or kind of loss", () => {
    fc.assert(
      fc.property(shards, fc.double({ min: 0, max: 2.99, noNaN: true }), ({ shard }, epochs) => {
        const options = { rows: 1, context: 7, loss: "all" as const, seed: 5, window: 2 };
        const source = trainBatches(shard, options);
        source.seekEpochs(epochs);
        expect(source.epochs).toBeLessThanOrEqual(epochs + 1e-9);
        source.next();
        expect(source.epochs).toBeGreaterThan(epochs - 1e-9);
      }),
    );
  });

  it("passes over windows in which nobody replies", () => {
    const ids = [0, 11, 12, 13, 14, 15, 16, 17];
    const silent = { ids, reply: ids.map(() => false) };
    const spoken = { ids: [0, 21, 22], reply: [false, false, true] };
    const shard = memoryShard([silent, silent, spoken, silent]);
    const options = { rows: 1, context: 4, loss: "replies" as const, seed: 1, window: 1 };
    const source = trainBatches(shard, options);
    for (const epoch of [0, 1]) {
      expect(source.cursor.epoch).toBe(epoch);
      expect(source.next().tokens[1]).toBe(21);
    }
  });

  it("shuffles anew each epoch and for each seed", () => {
    const shard = memoryShard(
      Array.from({ length: 50 }, (_, i) => ({ ids: [0, i + FIRST_TOKEN], reply: [false, true] })),
    );
    const orderOf = (seed: number, epoch: number) => {
      const source = trainBatches(shard, { rows: 50, context: 1, loss: "all", seed });
      source.seek({ epoch, window: 0, row: 0 });
      return source.next().targets;
    };
    expect(orderOf(1, 0)).toEqual(orderOf(1, 0));
    expect(orderOf(1, 0)).not.toEqual(orderOf(1, 1));
    expect(orderOf(1, 0)).not.toEqual(orderOf(2, 0));
  });

  it("wastes little room on padding", () => {
    const lengths = Array.from({ length: 500 }, (_, i) => 2 + ((i * 7919) % 60));
    const shard = memoryShard(
      lengths.map((length) => ({ ids: Array(length).fill(9), reply: Array(length).fill(true) })),
    );
    const cells = epochOf(shard, { rows: 1, context: 128, loss: "all", seed: 1 });
    const used = cells.filter(({ segment }) => segment > 0).length;
    expect(used / cells.length).toBeGreaterThan(0.98);
  });

  it("says so when there is nothing to learn from", () => {
    expect(() =>
      trainBatches(memoryShard([]), { rows: 1, context: 4, loss: "all", seed: 1 }),
    ).toThrow("There is no conversation to learn from.");
  });
});

describe("evalBatches", () => {
  it("predicts every target of the split exactly once", () => {
    fc.assert(
      fc.property(
        shards,
        sizes.rows,
        sizes.context,
        loss,
        ({ conversations, shard }, rows, context, kind) => {
          const batches = [...evalBatches(shard, { rows, context, loss: kind })];
          const cells = batches.flatMap(cellsOf);
          expect(batches.every(({ tokens }) => tokens.length === rows * context)).toBe(true);
          expectNothingCrosses(cells, conversations);
          expect(targetsOf(cells)).toEqual(wantedTargets(conversations, kind));
        },
      ),
    );
  });

  it("predicts the later targets of a long conversation from at least half a context", () => {
    const ids = Array.from({ length: 100 }, (_, i) => i + FIRST_TOKEN);
    const shard = memoryShard([{ ids, reply: ids.map(() => true) }]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (context) => {
        for (const batch of evalBatches(shard, { rows: 2, context, loss: "all" })) {
          const cells = cellsOf(batch);
          for (const { row, column, segment, weight, token } of cells) {
            if (weight === 0 || token - FIRST_TOKEN < context) continue;
            const first = cells.find((cell) => cell.row === row && cell.segment === segment);
            expect(column - (first?.column ?? column) + 1).toBeGreaterThanOrEqual(context / 2);
          }
        }
      }),
    );
  });

  it("judges about as many tokens as it is limited to, from all over the split", () => {
    const shard = memoryShard(
      Array.from({ length: 100 }, (_, i) => ({
        ids: [0, ...Array<number>(9).fill(i + FIRST_TOKEN)],
        reply: Array(10).fill(true),
      })),
    );
    const batches = [...evalBatches(shard, { rows: 1, context: 10, loss: "all", limit: 100 })];
    expect(batches).toHaveLength(10);
    expect(batches.map(({ targets }) => targets[0])).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
    ]);
  });
});
