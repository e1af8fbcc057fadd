import { hash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LastPositions, type Key } from "../../../src/feedback/last-positions.ts";

function keyOf(name: number): Key {
  const bytes = hash("sha256", String(name), "buffer");
  return { low: bytes.readUInt32LE(0), high: bytes.readUInt32LE(4) };
}

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
    const [one, other] = [
      { low: 0, high: 0 },
      { low: 0, high: 1 },
    ] as const;
    positions.set(one, 1);
    positions.set(other, 2);
    expect([positions.get(one), positions.get(other)]).toEqual([1, 2]);
  });
});
