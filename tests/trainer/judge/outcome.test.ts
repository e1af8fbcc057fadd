import { describe, expect, it } from "vitest";

import type { Interval } from "../../../trainer/judge/bootstrap.ts";
import { outcomeOf } from "../../../trainer/judge/outcome.ts";

const RULE = { better: "lower", tolerance: 0.02, limit: 0.05 } as const;

/** A figure that is 1 for the champion and moves by so much. */
const judged = (difference: number, interval: Interval, rows = 100) =>
  outcomeOf({ champion: 1, candidate: 1 + difference, interval, rows }, RULE);

describe("the rule of the judge", () => {
  it("does not let a model pass that forgot, however wide the interval", () => {
    expect(judged(0.3, [0.2, 0.4])).toBe("worse");
    expect(judged(0.3, [-0.1, 0.7])).toBe("worse");
  });

  it("does not refuse what moved by noise, nor by what nobody notices", () => {
    expect(judged(0.01, [-0.02, 0.04])).toBe("same");
    expect(judged(0.015, [0.01, 0.02])).toBe("same");
    expect(judged(0.03, [-0.01, 0.045])).toBe("same");
  });

  it("refuses a small loss that is certain and above the tolerance", () => {
    expect(judged(0.03, [0.01, 0.045])).toBe("worse");
  });

  it("calls better only what is beyond chance, and beyond rounding", () => {
    expect(judged(-0.1, [-0.2, -0.01])).toBe("better");
    expect(judged(-0.1, [-0.2, 0.01])).toBe("same");
    expect(judged(-1e-9, [-2e-9, -1e-9])).toBe("same");
  });

  it("says that it does not know where the rows do not say", () => {
    expect(judged(0.01, [-0.2, 0.2])).toBe("unknown");
    expect(judged(-0.5, [-0.6, -0.4], 9)).toBe("unknown");
    expect(judged(NaN, [NaN, NaN])).toBe("unknown");
  });

  it("takes few rows for enough only where all of them say that much is lost", () => {
    expect(judged(0.5, [0.3, 0.7], 3)).toBe("worse");
    expect(judged(0.5, [-0.1, 0.7], 3)).toBe("unknown");
  });

  it("reads figures of which more is better the other way round", () => {
    const rule = { ...RULE, better: "higher" } as const;
    const fewer = { champion: 1, candidate: 0.7, interval: [-0.4, -0.2] as Interval, rows: 50 };
    expect(outcomeOf(fewer, rule)).toBe("worse");
    const more = { champion: 1, candidate: 1.3, interval: [0.2, 0.4] as Interval, rows: 50 };
    expect(outcomeOf(more, rule)).toBe("better");
  });
});
