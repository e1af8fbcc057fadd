import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mergeAll } from "../../../../src/core/tokenizer/merge.ts";
import { NO_MERGE, PairTable } from "../../../../src/core/tokenizer/pair-table.ts";

const LETTERS = 4;

/** Merges over ids 0 to 3 and what earlier merges made, as training would number them. */
const someMerges = fc
  .uniqueArray(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 16, selector: String })
  .map((pairs) => pairs.filter((pair, rank) => Math.max(...pair) < LETTERS + rank))
  .map((pairs) => ({
    left: Int32Array.from(pairs, ([left]) => left),
    right: Int32Array.from(pairs, ([, right]) => right),
    result: Int32Array.from(pairs, (_, rank) => LETTERS + rank),
  }));

describe("merging", () => {
  it("gives long runs the same ids as the textbook loop", () => {
    const letters = fc.array(fc.nat(LETTERS - 1), { minLength: 0, maxLength: 200 });
    fc.assert(
      fc.property(someMerges, letters, (merges, ids) => {
        const table = new PairTable(merges);
        expect(mergeAll([...ids], table)).toEqual(mergeByTheBook(ids, table));
      }),
    );
  });
});

/** Finds the lowest rank, merges its leftmost place, starts over. */
function mergeByTheBook(letters: readonly number[], table: PairTable): number[] {
  const ids = [...letters];
  for (;;) {
    const ranks = ids.slice(1).map((right, i) => table.rankOf(ids[i] ?? -1, right));
    const best = Math.min(NO_MERGE, ...ranks);
    if (best === NO_MERGE) return ids;
    ids.splice(ranks.indexOf(best), 2, table.resultOf(best));
  }
}
