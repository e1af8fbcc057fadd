import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nonNegativeLeastSquares } from "../../../trainer/scaling/least-squares.ts";

const value = fc.double({ min: -10, max: 10, noNaN: true });
const column = fc.array(value, { minLength: 6, maxLength: 6 });

describe("non-negative least squares", () => {
  it("fits a line as the textbook does", () => {
    const ones = [1, 1, 1, 1];
    const { coefficients, error } = nonNegativeLeastSquares([ones, [1, 2, 3, 4]], [6, 5, 7, 10]);
    expect(coefficients[0]).toBeCloseTo(3.5, 12);
    expect(coefficients[1]).toBeCloseTo(1.4, 12);
    expect(error).toBeCloseTo(4.2, 12);
  });

  it("leaves out what would have to be negative", () => {
    const { coefficients } = nonNegativeLeastSquares(
      [
        [1, 1, 1],
        [1, 2, 3],
      ],
      [3, 2, 1],
    );
    expect(coefficients).toEqual([2, 0].map((wanted) => expect.closeTo(wanted, 12) as number));
    expect(nonNegativeLeastSquares([[1, 1]], [-1, -2])).toEqual({ coefficients: [0], error: 5 });
  });

  it("takes one of two columns that say the same", () => {
    const twice = [1, 2, 3];
    expect(nonNegativeLeastSquares([twice, twice], [2, 4, 6]).error).toBeCloseTo(0, 12);
  });

  it("finds nothing better nearby", () => {
    fc.assert(
      fc.property(
        fc.tuple(column, column, column),
        column,
        fc.tuple(value, value, value),
        (columns, target, steps) => {
          const { coefficients, error } = nonNegativeLeastSquares(columns, target);
          const others = coefficients.map((found, i) => Math.max(0, found + steps[i] / 100));
          const worse = target.reduce((sum, wanted, row) => {
            const reached = columns.reduce((all, one, i) => all + others[i] * one[row], 0);
            return sum + (reached - wanted) ** 2;
          }, 0);
          expect(coefficients.every((found) => found >= 0)).toBe(true);
          expect(error).toBeLessThanOrEqual(worse + 1e-6);
        },
      ),
    );
  });
});
