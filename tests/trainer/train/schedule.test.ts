import { describe, expect, it } from "vitest";

import { learningRateAt } from "../../../trainer/train/schedule.ts";

const options = { learningRate: 1, finalRate: 0.1, warmupSteps: 9 };
const cosine = { ...options, schedule: "cosine" } as const;
const linear = { ...options, schedule: "linear" } as const;
const WARM = 1000;

describe("the learning rate", () => {
  it("rises step by step, from a tenth and not from nothing, to its full height", () => {
    const rates = Array.from({ length: 11 }, (_, step) => learningRateAt(step, 0, cosine));
    expect(rates.slice(0, 3)).toEqual([0.1, 0.2, 0.3]);
    expect(rates.slice(8)).toEqual([0.9, 1, 1]);
  });

  it("falls along half a cosine to its last share", () => {
    const at = (progress: number) => learningRateAt(WARM, progress, cosine);
    expect(at(0)).toBe(1);
    expect(at(0.5)).toBeCloseTo(0.55, 12);
    expect(at(1)).toBeCloseTo(0.1, 12);
    expect(at(0.25)).toBeCloseTo(0.1 + 0.9 * ((1 + Math.SQRT1_2) / 2), 12);
  });

  it("falls along a line if asked to", () => {
    const at = (progress: number) => learningRateAt(WARM, progress, linear);
    expect([at(0), at(0.5), at(1)].map((rate) => rate.toFixed(6))).toEqual([
      "1.000000",
      "0.550000",
      "0.100000",
    ]);
  });

  it("stays up and falls in the last two fifths with warmup-stable-decay", () => {
    const at = (progress: number) =>
      learningRateAt(WARM, progress, { ...options, schedule: "wsd" });
    expect([at(0), at(0.5), at(0.6)]).toEqual([1, 1, 1]);
    expect(at(0.7)).toBeCloseTo(0.1 + 0.9 * 0.5, 12);
    expect(at(1)).toBeCloseTo(0.1, 12);
  });

  it("stays where it ends if a run goes on for longer than planned", () => {
    expect(learningRateAt(WARM, 1.3, cosine)).toBeCloseTo(0.1, 12);
  });

  it("is full from the first step without a warmup", () => {
    expect(learningRateAt(0, 0, { ...cosine, warmupSteps: 0 })).toBe(1);
  });
});
