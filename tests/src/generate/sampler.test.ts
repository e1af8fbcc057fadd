import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { indexOfLargest } from "../../../src/core/decoder/largest.ts";
import { Sampler } from "../../../src/generate/sampler.ts";
import type { SamplingOptions } from "../../../src/generate/types.ts";

const OFF: SamplingOptions = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
};

/** Probabilities 1/2, 1/4, 1/8, 1/16, 1/16, in a mixed order. */
const SCORES = [1 / 16, 1 / 2, 1 / 8, 1 / 4, 1 / 16].map(Math.log);

const logits = fc
  .array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 600 })
  .map((values) => Float32Array.from(values));

describe("a sampler", () => {
  it("takes the likeliest token with temperature 0, and the first of equals", () => {
    expect(drawn({ temperature: 0 }, [1, 3, 3, 2])).toEqual(new Set([1]));
  });

  it("draws tokens as often as they are likely", () => {
    const sampler = new Sampler(OFF);
    const counts = SCORES.map(() => 0);
    for (let i = 0; i < 20_000; i++) counts[sampler.sample(Float32Array.from(SCORES))]!++;
    SCORES.forEach((score, id) => expect(counts[id]! / 20_000).toBeCloseTo(Math.exp(score), 1.7));
  });

  it("keeps to the k likeliest", () => {
    expect(drawn({ topK: 2 })).toEqual(new Set([1, 3]));
  });

  it("keeps to the fewest that reach the probability p", () => {
    expect(drawn({ topP: 0.7 })).toEqual(new Set([1, 3]));
    expect(drawn({ topP: 0.8 })).toEqual(new Set([1, 3, 2]));
  });

  it("measures p among the k likeliest where both are given", () => {
    expect(drawn({ topK: 3, topP: 0.6 })).toEqual(new Set([1, 3])); // 4/7 of the three is not enough
  });

  it("keeps to tokens at least so likely relative to the likeliest", () => {
    expect(drawn({ minP: 0.2 })).toEqual(new Set([1, 3, 2]));
  });

  it("makes what was seen less likely, except what may always come", () => {
    const sampler = new Sampler({ ...OFF, temperature: 0, repetitionPenalty: 2 }, [], [2]);
    sampler.see([0, 1, 2]);
    const row = Float32Array.of(4, -1, 3, 1.9);
    expect(sampler.sample(row)).toBe(2);
    expect(Array.from(row.subarray(0, 3))).toEqual([2, -2, 3]);
  });

  it("never chooses a forbidden token, however likely", () => {
    fc.assert(
      fc.property(logits, options(), (row, chosen) => {
        fc.pre(row.length > 1);
        const best = indexOfLargest(row);
        expect(new Sampler(chosen, [best]).sample(row.slice())).not.toBe(best);
      }),
    );
  });

  it("repeats itself from its seed, whatever the options", () => {
    fc.assert(
      fc.property(logits, options(), (row, chosen) => {
        const once = new Sampler(chosen);
        const again = new Sampler(chosen);
        for (let i = 0; i < 5; i++) {
          expect(once.sample(row.slice())).toBe(again.sample(row.slice()));
        }
      }),
    );
  });

  it("chooses from exactly the tokens that a full sort and softmax would leave", () => {
    fc.assert(
      fc.property(logits, options(), (row, chosen) => {
        const allowed = allowedBySorting(row, chosen);
        const sampler = new Sampler({ ...chosen, repetitionPenalty: 1 });
        for (let i = 0; i < 10; i++) {
          const id = sampler.sample(row.slice());
          expect(allowed, `token ${id}`).toContain(row[id]);
        }
      }),
    );
  });

  it("draws the same number of random values whatever is drawn from", () => {
    const steady = Float32Array.from({ length: 900 }, (_, id) => Math.sin(id));
    const ids = [Float32Array.of(5, 5), Float32Array.from({ length: 900 }, () => 0)].map(
      (first) => {
        const sampler = new Sampler({ ...OFF, topP: 0.9 });
        sampler.sample(first.slice());
        return sampler.sample(steady.slice());
      },
    );
    expect(ids[0]).toBe(ids[1]);
  });
});

/** Everything 300 draws come up with. */
function drawn(options: Partial<SamplingOptions>, scores: readonly number[] = SCORES): Set<number> {
  const sampler = new Sampler({ ...OFF, ...options });
  return new Set(Array.from({ length: 300 }, () => sampler.sample(Float32Array.from(scores))));
}

function options(): fc.Arbitrary<SamplingOptions> {
  return fc.record({
    temperature: fc.constantFrom(0, 0.2, 1, 3),
    topK: fc.constantFrom(0, 1, 5, 300),
    topP: fc.constantFrom(1, 0.9, 0.3),
    minP: fc.constantFrom(0, 0.05),
    repetitionPenalty: fc.constantFrom(1, 1.3),
    seed: fc.integer(),
  });
}

/** The slow way, with a little room at the borders for rounding. Answers with logits, as ties may fall either way. */
function allowedBySorting(
  row: Float32Array,
  { temperature, topK, topP, minP }: SamplingOptions,
): number[] {
  const sorted = Array.from(row).sort((a, b) => b - a);
  if (temperature === 0) return sorted.slice(0, 1);
  const weights = sorted.map((logit) => Math.exp((logit - sorted[0]!) / temperature));
  const likely = sorted.filter((_, i) => weights[i]! >= minP * 0.999);
  const few = topK > 0 ? likely.slice(0, topK) : likely;
  const total = few.reduce((sum, _, i) => sum + weights[i]!, 0);
  let mass = 0;
  const end = few.findIndex((_, i) => (mass += weights[i]!) >= topP * total * 1.0001);
  return end < 0 ? few : few.slice(0, end + 1);
}
