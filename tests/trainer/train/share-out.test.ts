import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { shareOut } from "../../../trainer/train/share-out.ts";

const items = (costs: readonly number[]) => costs.map((cost, id) => ({ id, cost }));
const costOf = ({ cost }: { readonly cost: number }) => cost;
const loadOf = (share: readonly { readonly cost: number }[]) =>
  share.reduce((sum, { cost }) => sum + cost, 0);

describe("work shared out among lanes", () => {
  it("gives each about the same", () => {
    const shares = shareOut(items([7, 5, 4, 4, 3, 1]), 2, costOf);
    expect(shares.map(loadOf)).toEqual([12, 12]);
  });

  it("keeps the order within a share", () => {
    const shares = shareOut(items([1, 2, 1, 2]), 2, costOf);
    expect(shares.map((share) => share.map(({ id }) => id))).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("has no more shares than items", () => {
    expect(shareOut(items([3]), 4, costOf)).toEqual([[{ id: 0, cost: 3 }]]);
  });

  it("loses nothing, and no lane has more than the mean and the dearest item", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1 }),
        fc.integer({ min: 1, max: 8 }),
        (costs, lanes) => {
          const shares = shareOut(items(costs), lanes, costOf);
          const ids = shares.flat().map(({ id }) => id);
          expect(ids.toSorted((a, b) => a - b)).toEqual(costs.map((_, id) => id));
          const mean = loadOf(items(costs)) / lanes;
          expect(Math.max(...shares.map(loadOf))).toBeLessThanOrEqual(mean + Math.max(...costs));
        },
      ),
    );
  });
});
