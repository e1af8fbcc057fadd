import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { RunTable } from "../../../src/recall/run-table.ts";

describe("a table of runs", () => {
  it("says of every key what was said last, and 0 of all others", () => {
    const key = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(3).map((n) => n * 1024 + 1),
    ); // some collide
    const entry = fc.tuple(key, fc.integer({ min: 1, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 50 }), fc.array(key), (entries, asked) => {
        const table = new RunTable(1000);
        for (const [one, value] of entries) table.set(one, value);
        const map = new Map(entries);
        expect(table.size).toBe(map.size);
        for (const one of [...map.keys(), ...asked]) expect(table.get(one)).toBe(map.get(one) ?? 0);
      }),
    );
  });

  it("grows with what is in it, up to its limit; then it forgets the oldest first", () => {
    const table = new RunTable(10_000);
    for (let key = 1; key <= 100_000; key++) table.set(key * 1_000_003, key);
    expect(table.size).toBeLessThanOrEqual(10_000);
    expect(table.get(100_000 * 1_000_003)).toBe(100_000);
    expect(table.get(95_100 * 1_000_003)).toBe(95_100);
    expect(table.get(1_000_003)).toBe(0);
  });
});
