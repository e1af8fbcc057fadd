import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Random } from "../../../src/core/random.ts";
import { fitLaw } from "../../../trainer/scaling/fit-law.ts";
import { bitsPerByteOf, type ScalingLaw } from "../../../trainer/scaling/law.ts";
import { EXAMPLE_LAW, madeUpRuns } from "../support/made-up-runs.ts";

const exponent = fc.integer({ min: 5, max: 30 }).map((step) => step * 0.02);
/** Each term is a fair part of what a middling run reaches: one that is next to nothing leaves no trace. */
const term = fc.double({ min: 0.2, max: 1, noNaN: true });

const anyLaw: fc.Arbitrary<ScalingLaw> = fc
  .tuple(term, term, term, exponent, exponent)
  .map(([E, a, b, alpha, beta]) => ({ E, A: a * 2e6 ** alpha, alpha, B: b * 1e6 ** beta, beta }));

describe("the fit of runs", () => {
  it("finds the law that they were made with", () => {
    fc.assert(
      fc.property(anyLaw, (law) => {
        const { law: found, error } = fitLaw(madeUpRuns(law));
        for (const letter of ["E", "A", "alpha", "B", "beta"] as const) {
          expect(found[letter] / law[letter]).toBeCloseTo(1, 4);
        }
        expect(error).toBeLessThan(1e-9);
      }),
      { numRuns: 10 },
    );
  });

  it("is as good as the noise in them allows, and says how good", () => {
    const scale = { parameters: 3e6, bytes: 2e6, uniqueBytes: 4e6 };
    const errors = Array.from({ length: 8 }, (_, seed) => {
      const { law, error } = fitLaw(madeUpRuns(EXAMPLE_LAW, 0.01, new Random(seed)));
      expect(bitsPerByteOf(law, scale) / bitsPerByteOf(EXAMPLE_LAW, scale)).toBeCloseTo(1, 1.5);
      return error;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(mean).toBeGreaterThan(0.006);
    expect(mean).toBeLessThan(0.015);
  });

  it("leaves out a run that had hardly begun", () => {
    const runs = madeUpRuns(EXAMPLE_LAW).map((run, i) =>
      i === 8 ? { ...run, steps: 40, bitsPerByte: 2 * run.bitsPerByte } : run,
    );
    const { law, error } = fitLaw(runs);
    expect(law.beta).toBeCloseTo(EXAMPLE_LAW.beta, 4);
    expect(error).toBeLessThan(1e-9);
  });

  it("believes exponents found elsewhere where noise drowns its own", () => {
    const noisy = Array.from({ length: 8 }, (_, seed) =>
      fitLaw(madeUpRuns(EXAMPLE_LAW, 0.03, new Random(seed))),
    );
    for (const { law } of noisy) {
      expect(Math.abs(law.alpha - EXAMPLE_LAW.alpha)).toBeLessThan(0.3);
      expect(Math.abs(law.beta - EXAMPLE_LAW.beta)).toBeLessThan(0.3);
    }
  });

  it("never has a negative part, whatever the runs", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.5, max: 4, noNaN: true }), { minLength: 9 }),
        (all) => {
          const runs = madeUpRuns(EXAMPLE_LAW).map((run, i) => ({ ...run, bitsPerByte: all[i] }));
          const { law, error } = fitLaw(runs);
          expect(Math.min(law.E, law.A, law.B)).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(error)).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
  });

  it.each([
    ["too few", madeUpRuns(EXAMPLE_LAW).slice(0, 5)],
    ["of one size", madeUpRuns(EXAMPLE_LAW).map((run) => ({ ...run, parameters: 1e6 }))],
    ["of one length", madeUpRuns(EXAMPLE_LAW).map((run) => ({ ...run, bytes: 1e6 }))],
  ])("is refused where they are %s", (_, runs) => {
    expect(() => fitLaw(runs)).toThrow(/say too little for a fit/);
  });
});
