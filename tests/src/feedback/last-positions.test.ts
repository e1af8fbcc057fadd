import { hash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LastPositions } from "../../../src/feedback/last-positions.ts";

const keyOf = (name: number) => hash("sha256", String(name), "buffer").subarray(0, 8);

describe("LastPositions", () => {
  it("is a map, whatever is set, deleted and set again", () => {
    const operations = fc.array(
      fc.record({ name: fc.nat(200), deletes: fc.boolean(), position: fc.nat() }),
      { maxLength: 600 },
    );
    fc.assert(
      fc.property(operations, (all) => {
        const positions = new LastPositions();
        const truth = new Map<number, number>();
        for (const { name, deletes, position } of all) {
          if (deletes) positions.delete(keyOf(name));
          else positions.set(keyOf(name), position);
          if (deletes) truth.delete(name);
          else truth.set(name, position);
        }
        expect(positions.size).toBe(truth.size);
        for (let name = 0; name <= 200; name++) {
          expect(positions.get(keyOf(name))).toBe(truth.get(name));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("grows to whatever there is", () => {
    const positions = new LastPositions();
    for (let name = 0; name < 50_000; name++) positions.set(keyOf(name), name);
    expect(positions.size).toBe(50_000);
    expect([0, 777, 49_999].map((name) => positions.get(keyOf(name)))).toEqual([0, 777, 49_999]);
    expect(positions.get(keyOf(50_000))).toBeUndefined();
  });

  it("tells keys apart that begin in the same place", () => {
    const positions = new LastPositions();
    const [one, other] = [Buffer.alloc(8), Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])];
    positions.set(one, 1);
    positions.set(other, 2);
    expect([positions.get(one), positions.get(other)]).toEqual([1, 2]);
  });
});
