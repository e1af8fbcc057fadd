import { describe, expect, it } from "vitest";

import { createTally, summarise } from "../../../trainer/eval/metrics.ts";

describe("summarise", () => {
  it("agrees with the textbook: a fair coin a token, a token a byte, is one bit a byte", () => {
    const sums = { nats: 100 * Math.LN2, targets: 100, top1: 50, top5: 100, bytes: 100 };
    const figures = summarise(sums);
    expect(figures.loss).toBeCloseTo(Math.LN2, 12);
    expect(figures.perplexity).toBeCloseTo(2, 12);
    expect(figures.bitsPerByte).toBeCloseTo(1, 12);
    expect(figures).toMatchObject({ tokenAccuracy: 0.5, top5Accuracy: 1, tokens: 100, bytes: 100 });
  });

  it("has no figures for nothing", () => {
    const figures = createTally().summarise();
    expect(figures.loss).toBeNaN();
    expect(figures.bitsPerByte).toBeNaN();
    expect(figures.tokens).toBe(0);
  });
});

describe("createTally", () => {
  it("does not depend on how the tokens were batched", () => {
    const tally = createTally();
    tally.add({ nats: 3, targets: 1, top1: 0, top5: 1, bytes: 4 });
    tally.add({ nats: 3, targets: 5, top1: 3, top5: 3, bytes: 8 });
    expect(tally.sums).toEqual({ nats: 6, targets: 6, top1: 3, top5: 4, bytes: 12 });
    expect(tally.summarise()).toEqual(summarise(tally.sums));
    expect(tally.summarise().loss).toBe(1);
  });
});
