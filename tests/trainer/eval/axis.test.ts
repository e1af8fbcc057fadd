import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { axisOf, tightAxisOf } from "../../../trainer/eval/axis.ts";

const labels = ({ ticks, format }: ReturnType<typeof axisOf>) => ticks.map(format);

describe("axisOf", () => {
  it("chooses round numbers and as many digits as they need", () => {
    expect(labels(axisOf([2.11, 8.4], 6))).toEqual(["2", "4", "6", "8", "10"]);
    expect(labels(axisOf([2.31, 2.5], 4))).toEqual(["2.30", "2.35", "2.40", "2.45", "2.50"]);
    expect(labels(axisOf([0, 38_000], 4))).toEqual(["0", "10k", "20k", "30k", "40k"]);
    expect(labels(axisOf([0, 0.0019], 2))).toEqual(["0", "0.001", "0.002"]);
    expect(labels(axisOf([0, 3e-5], 3))).toEqual(["0", "1e-5", "2e-5", "3e-5"]);
  });

  it("copes with nothing, with one value, and with what is no number", () => {
    expect(axisOf([], 4)).toMatchObject({ min: 0, max: 1 });
    expect(axisOf([NaN, Infinity], 4)).toMatchObject({ min: 0, max: 1 });
    expect(axisOf([5], 4)).toMatchObject({ min: 0, max: 10 });
    expect(axisOf([0, 0], 4)).toMatchObject({ min: 0, max: 1 });
  });

  it("does not divide what is whole", () => {
    expect(labels(tightAxisOf([1, 2], 10, 1))).toEqual(["1", "2"]);
  });

  it("encloses every value with a handful of ticks", () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const { min, max, ticks } = axisOf(values, 5);
        const slack = (max - min) * 1e-6;
        expect(Math.min(...values)).toBeGreaterThanOrEqual(min - slack);
        expect(Math.max(...values)).toBeLessThanOrEqual(max + slack);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }),
    );
  });
});
