import { describe, expect, it } from "vitest";

import { adviceText, candidatesText, doubtsAbout } from "../../../trainer/scaling/advice-text.ts";
import { adviseOn } from "../../../trainer/scaling/advice.ts";
import { madeUpCorpus, madeUpMachine } from "../support/made-up-machine.ts";
import { madeUpFit } from "../support/made-up-runs.ts";

const fit = madeUpFit();
const advice = adviseOn(madeUpCorpus(), madeUpMachine(), 10, fit);
const { best } = advice;
if (!best) throw new Error("No preset is best.");
const near = { ...best, epochs: 1, prediction: { ...best.prediction, isFar: false } };

/** The runs of the fit, the first few of which took hardly any steps. */
const withHasty = (count: number) =>
  fit.runs.map((run, i) => (i < count ? { ...run, steps: 30 } : run));

describe("what to doubt about advice", () => {
  it("is nothing where the fit is near and of this corpus", () => {
    expect(doubtsAbout(near, fit, fit.corpus.sha256)).toEqual([]);
  });

  it("is not a run that had hardly begun where the fit could do without", () => {
    const hasty = { ...fit, runs: withHasty(3) };
    expect(doubtsAbout(near, hasty, fit.corpus.sha256)).toEqual([]);
  });

  it("is a figure far outside, another corpus, text read too often, runs that were too short", () => {
    const far = { ...near, epochs: 12, prediction: { ...near.prediction, isFar: true } };
    const hasty = { ...fit, runs: withHasty(4) };
    expect(doubtsAbout(far, hasty, undefined)).toEqual([
      expect.stringContaining("far outside of what was fitted"),
      expect.stringContaining("4 of 9 fitted runs took fewer than 80 steps"),
      expect.stringContaining("The fit is of another corpus"),
      expect.stringContaining("The text is read 12 times"),
    ]);
  });
});

describe("advice as text", () => {
  it("has a line a preset, and marks guesses and what does not fit", () => {
    const [head, ...lines] = candidatesText(
      adviseOn(madeUpCorpus(), madeUpMachine({ memory: 4e9 }), 10, fit).candidates,
    ).split("\n");
    expect(head).toMatch(/^preset +vocabulary +parameters .* bits\/byte$/);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^nano +2,048 +1\.1 M .* \d\.\d\d \(\d\.\d\d to \d\.\d\d\)$/);
    expect(lines[4]).toMatch(/ \?$/);
    expect(lines[5]).toMatch(/^large .* does not fit into the free memory$/);
  });

  it("says so where nothing fits", () => {
    const none = adviseOn(madeUpCorpus(), madeUpMachine({ memory: 1 }), 10, fit);
    const horizons = { minutes: 10, moreTime: none, moreText: none };
    expect(adviceText(none, "", horizons)).toContain("No preset fits into the free memory");
  });
});
