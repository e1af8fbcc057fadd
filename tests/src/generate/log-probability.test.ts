import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { logProbabilityOf } from "../../../src/generate/log-probability.ts";

describe("the log-probability of a token", () => {
  it("is what softmax says of it, for any logits", () => {
    const logit = fc.float({ min: -40, max: 40, noNaN: true });
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 300 }), (values) => {
        const logits = Float32Array.from(values);
        const sum = logits.reduce((total, other) => total + Math.exp(other), 0);
        for (const [id, value] of logits.entries()) {
          expect(logProbabilityOf(id, logits)).toBeCloseTo(value - Math.log(sum), 4);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("of a token that cannot be is minus infinity", () => {
    expect(logProbabilityOf(1, Float32Array.of(2, -Infinity))).toBe(-Infinity);
    expect(logProbabilityOf(0, Float32Array.of(2, -Infinity))).toBeCloseTo(0);
  });
});
