import { describe, expect, it } from "vitest";

import { PRESETS } from "../../../src/core/model/config.ts";
import { adviseOn, asGoodAs, predict } from "../../../trainer/scaling/advice.ts";
import { candidatesOf } from "../../../trainer/scaling/candidates.ts";
import { EXAMPLE_LAW, madeUpFit } from "../support/made-up-runs.ts";
import { madeUpCorpus, madeUpMachine } from "../support/made-up-machine.ts";

const corpus = madeUpCorpus();
const machine = madeUpMachine();
const fit = madeUpFit();

const order = Object.keys(PRESETS);
const sizeOf = (advice: ReturnType<typeof adviseOn>) => order.indexOf(advice.best?.preset ?? "");
const bestOf = (minutes: number, bytes = corpus.bytes) =>
  adviseOn({ ...corpus, bytes }, machine, minutes, fit);

describe("what a preset reads", () => {
  it("follows from its arithmetic, the time and the bytes of a token", () => {
    const [nano] = candidatesOf(corpus, machine, 10);
    expect(nano.tokens).toBeCloseTo(nano.tokensPerSecond * 600, 6);
    expect(nano.scale.bytes).toBeCloseTo(nano.tokens * 2.98, 3);
    expect(nano.epochs).toBeCloseTo(nano.scale.bytes / nano.scale.uniqueBytes, 12);
    expect(nano.scale.uniqueBytes).toBeCloseTo(0.96 * 16e6, 3);
    expect(nano.scale.parameters).toBe(nano.parameters - 2048 * 128);
  });

  it("is most with a larger vocabulary in a larger model", () => {
    const sizes = candidatesOf(corpus, machine, 10).map(({ vocabSize }) => vocabSize);
    expect(sizes[0]).toBe(2048);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes.at(-1)).toBe(8192);
  });

  it("is said with tokens that the text holds often enough", () => {
    const largest = (bytes: number) =>
      Math.max(
        ...candidatesOf({ ...corpus, bytes }, machine, 10).map(({ vocabSize }) => vocabSize),
      );
    expect(largest(160e6)).toBe(8192);
    expect(largest(4e5)).toBe(2048);
    expect(largest(1000)).toBe(262);
  });
});

describe("the advice", () => {
  it("is the preset with the fewest bits a byte", () => {
    const { best, candidates } = bestOf(10);
    const figures = candidates.map(({ prediction }) => prediction.bitsPerByte);
    expect(best?.prediction.bitsPerByte).toBe(Math.min(...figures));
  });

  it("is a larger model for more time, and never a smaller one", () => {
    const sizes = [1, 10, 100, 1000, 10_000].map((minutes) => sizeOf(bestOf(minutes)));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes.at(-1)).toBeGreaterThan(sizes[0]);
  });

  it("promises more for more time and for more text", () => {
    const promised = (minutes: number, bytes: number) =>
      bestOf(minutes, bytes).best?.prediction.bitsPerByte ?? NaN;
    expect(promised(100, 16e6)).toBeLessThan(promised(10, 16e6));
    expect(promised(600, 160e6)).toBeLessThan(promised(600, 16e6));
  });

  it("is a model that fits into the memory, or none", () => {
    const within = (memory: number) =>
      adviseOn({ ...corpus, bytes: 160e6 }, madeUpMachine({ memory }), 1e6, fit).best;
    expect(within(16e9)?.preset).toBe("large");
    expect(within(900e6)?.preset).toBe("mini");
    expect(within(1e6)).toBeUndefined();
  });

  it("is no model that would learn the text by heart, however long it takes", () => {
    const takenFor = (bytes: number) => bestOf(1e6, bytes).best?.preset;
    expect(takenFor(1000)).toBe("nano");
    expect(takenFor(1e6)).toBe("micro");
    expect(takenFor(2e6)).toBe("mini");
    expect(bestOf(1e6, 1e6).candidates.map(({ suitsText }) => suitsText)).toEqual(
      order.map((_, size) => size < 2),
    );
  });

  it("names the presets that are as good within the error", () => {
    const exact = adviseOn(corpus, machine, 10, { ...fit, error: 0 });
    expect(asGoodAs(exact)).toEqual([]);
    const vague = adviseOn({ ...corpus, bytes: 160e6 }, machine, 10, { ...fit, error: 10 });
    expect(asGoodAs(vague)).toHaveLength(order.length - 1);
  });
});

describe("a prediction", () => {
  const scale = { parameters: 2.2e6, bytes: 2e6, uniqueBytes: 4e6 };

  it("lies within two standard errors", () => {
    const { bitsPerByte, low, high } = predict({ ...fit, law: EXAMPLE_LAW, error: 0.02 }, scale);
    expect(low / bitsPerByte).toBeCloseTo(0.96, 12);
    expect(high / bitsPerByte).toBeCloseTo(1.04, 12);
  });

  it("is a guess far outside of the sizes and the texts that were fitted", () => {
    expect(predict(fit, scale).isFar).toBe(false);
    expect(predict(fit, { ...scale, parameters: 19e6 }).isFar).toBe(true);
    expect(predict(fit, { ...scale, parameters: 1e5 }).isFar).toBe(true);
    expect(predict(fit, { ...scale, bytes: 1e9, uniqueBytes: 1e9 }).isFar).toBe(true);
    expect(predict(fit, { ...scale, bytes: 1e4 }).isFar).toBe(true);
  });
});
