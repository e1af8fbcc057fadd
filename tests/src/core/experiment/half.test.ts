import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fromBfloat16, fromHalf, toHalf } from "../../../../src/core/experiment/half.ts";

const rounded = (value: number): number => {
  const target = new Float32Array(1);
  fromHalf(halfOf(value), target);
  return target[0]!;
};

const halfOf = (value: number): Uint16Array => {
  const bits = new Uint16Array(1);
  toHalf(Float32Array.of(value), bits);
  return bits;
};

describe("float16", () => {
  it("writes the values of the standard's examples", () => {
    const examples: [number, number][] = [
      [0, 0x0000],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [1 / 3, 0x3555],
      [65504, 0x7bff], // the largest
      [2 ** -14, 0x0400], // the smallest normal
      [2 ** -24, 0x0001], // the smallest of all
      [Infinity, 0x7c00],
      [-Infinity, 0xfc00],
    ];
    for (const [value, bits] of examples) expect(halfOf(value)[0]).toBe(bits);
  });

  it("rounds ties to the even neighbour", () => {
    expect(rounded(1 + 2 ** -11)).toBe(1);
    expect(rounded(1 + 3 * 2 ** -11)).toBe(1 + 2 * 2 ** -10);
    expect(rounded(2 ** -25)).toBe(0);
    expect(rounded(3 * 2 ** -25)).toBe(2 ** -23);
    expect(rounded(65519)).toBe(65504);
    expect(rounded(65520)).toBe(Infinity);
  });

  it("keeps a number that is none", () => {
    expect(rounded(NaN)).toBeNaN();
  });

  it("reads and writes back each of the 65,536 patterns", () => {
    const patterns = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
    const values = new Float32Array(patterns.length);
    const again = new Uint16Array(patterns.length);
    fromHalf(patterns, values);
    toHalf(values, again);
    const changed = patterns.filter((bits, i) => again[i] !== bits && !Number.isNaN(values[i]));
    expect([...changed]).toEqual([]);
  });

  it("is never further from a value than its neighbours are", () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const [bits] = halfOf(value);
        const near = new Float32Array(3);
        fromHalf(Uint16Array.of(bits!, bits! & 0x7fff ? bits! - 1 : bits!, bits! + 1), near);
        const distance = (other: number) => Math.abs(other - value);
        expect(distance(near[0]!)).toBeLessThanOrEqual(distance(near[1]!));
        expect(distance(near[0]!)).toBeLessThanOrEqual(distance(near[2]!));
      }),
    );
  });
});

describe("bfloat16", () => {
  it("is the upper half of a float32", () => {
    const values = new Float32Array(3);
    fromBfloat16(Uint16Array.of(0x3f80, 0xc040, 0x7f80), values);
    expect([...values]).toEqual([1, -3, Infinity]);
  });
});
