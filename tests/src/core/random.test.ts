import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Random, type RandomState } from "../../../src/core/random.ts";

/** xoshiro128** 1.1 as its authors print it, in exact integers. */
function* referenceOf(state: RandomState): Generator<number> {
  const MASK = 0xffffffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & MASK;
  let [s0, s1, s2, s3] = state.map((part) => BigInt(part) & MASK) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  for (;;) {
    yield Number((rotl((s1 * 5n) & MASK, 7n) * 9n) & MASK);
    const t = (s1 << 9n) & MASK;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
  }
}

describe("Random", () => {
  it("starts from the state 1, 2, 3, 4 as worked out by hand", () => {
    // First: rotl(2 * 5, 7) * 9 = 1280 * 9. Then s2 = 3 ^ 1 = 2, and s1 = 2 ^ 2 = 0.
    const random = new Random([1, 2, 3, 4]);
    expect([random.nextUint32(), random.nextUint32()]).toEqual([11_520, 0]);
  });

  it("is xoshiro128**, from any state", () => {
    const part = fc.integer();
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), (state) => {
        const random = new Random(state);
        const reference = referenceOf(state);
        for (let i = 0; i < 20; i++) expect(random.nextUint32()).toBe(reference.next().value);
      }),
    );
  });

  it("goes on from its saved state", () => {
    const random = new Random(7);
    random.shuffle([1, 2, 3, 4, 5]);
    const resumed = new Random(JSON.parse(JSON.stringify(random.state)) as RandomState);
    for (let i = 0; i < 10; i++) expect(resumed.next()).toBe(random.next());
  });

  it("gives every seed a sequence of its own", () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => new Random(seed).nextUint32());
    expect(new Set(firsts).size).toBe(1000);
    expect(new Random(3).next()).toBe(new Random(3).next());
  });

  it("spreads evenly", () => {
    const random = new Random(1);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) {
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is passed once in a thousand seeds.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  it("draws normal numbers with mean 0 and deviation 1", () => {
    const random = new Random(2);
    const draws = Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });

  it("shuffles: the same items, every order alike often", () => {
    const random = new Random(3);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(["a", "b", "c"]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
