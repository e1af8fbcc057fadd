import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EvenSample } from "../../../trainer/scaling/even-sample.ts";

function sampleOf(count: number, most: number, size = 1): number[] {
  const sample = new EvenSample<number>(most);
  for (let i = 0; i < count; i++) sample.add(i, size);
  return sample.items;
}

describe("an even sample", () => {
  it("is everything while that fits", () => {
    expect(sampleOf(5, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it("is one of two, then one of four, when it no longer does", () => {
    expect(sampleOf(6, 5)).toEqual([0, 2, 4]);
    expect(sampleOf(13, 5)).toEqual([0, 4, 8, 12]);
  });

  it("holds the first item even if it is too large", () => {
    expect(sampleOf(3, 5, 100)).toEqual([0]);
  });

  it("never holds more than fits, and takes from end to end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 2, max: 50 }), (n, most) => {
        const items = sampleOf(n, most);
        const strides = new Set(items.slice(1).map((item, i) => item - items[i]));
        expect(items.length).toBeLessThanOrEqual(most);
        expect(strides.size).toBeLessThanOrEqual(1);
        expect(n - (items.at(-1) ?? 0)).toBeLessThanOrEqual(Math.max(1, [...strides][0] ?? n));
      }),
    );
  });
});
