import { describe, expect, it } from "vitest";

import type { Check } from "../../../src/core/experiment/verdict.ts";
import { decide, verdictTable } from "../../../trainer/judge/verdict.ts";

const check = (name: string, outcome: Check["outcome"], remark?: string): Check => ({
  name,
  champion: 1,
  candidate: 1.25,
  outcome,
  ...(remark !== undefined && { remark }),
});

describe("the verdict", () => {
  it("is lost by one thing that is worse, whatever is better", () => {
    const proofs = [check("test set", "better"), check("pairs", "better")];
    const safeguards = [check("golden prompts", "worse", "3 lost"), check("speed", "worse")];
    expect(decide({ proofs, safeguards })).toEqual({
      outcome: "loses",
      reason: "It is worse on golden prompts: 1 before, 1.250 now (3 lost) (and 1 more).",
    });
  });

  it("is won by a proof alone", () => {
    const better = [check("golden prompts", "better")];
    const same = [check("test set", "same")];
    expect(decide({ proofs: better, safeguards: same }).outcome).toBe("wins");
    expect(decide({ proofs: same, safeguards: better }).outcome).toBe("holds");
  });

  it("says how much could not be told", () => {
    const proofs = [check("test set", "same"), check("pairs", "unknown")];
    expect(decide({ proofs, safeguards: [] }).reason).toBe(
      "Nothing is worse, and nothing that counts is better beyond chance; 1 of 2 could not be told.",
    );
  });

  it("is a row a check, with signs and without what was not measured", () => {
    const { rows } = verdictTable([
      { ...check("bits", "same", "12 rows"), interval: [-0.5, 0.25] },
      { ...check("pairs", "unknown"), champion: NaN, candidate: NaN },
    ]);
    expect(rows).toEqual([
      ["bits", "1", "1.250", "-0.500 to +0.250", "same", "12 rows"],
      ["pairs", "-", "-", "", "unknown", ""],
    ]);
  });
});
