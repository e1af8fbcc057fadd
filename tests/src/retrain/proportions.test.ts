import { describe, expect, it } from "vitest";

import { leastDifference, wilsonInterval } from "../../../src/retrain/proportions.ts";

const Z_95 = 1.959964;

/** The examples of Newcombe's two papers of 1998, to the digits that are printed there. */
describe("shares compared", () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%i of %i come from a share between what Wilson says", (hits, of, low, high) => {
    const interval = wilsonInterval({ hits, of }, Z_95);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it.each([
    [56, 70, 48, 80, 0.0524],
    [9, 10, 3, 10, 0.1705],
    [10, 10, 0, 20, 0.6791],
    [6, 7, 2, 7, 0.0582],
  ])("%i of %i is larger than %i of %i by what Newcombe says", (a, m, b, n, least) => {
    expect(leastDifference({ hits: a, of: m }, { hits: b, of: n }, Z_95)).toBeCloseTo(least, 4);
  });

  it("say nothing about none", () => {
    expect(wilsonInterval({ hits: 0, of: 0 }, Z_95)).toEqual({ low: 0, high: 1 });
  });
});
