import { describe, expect, it } from "vitest";

import { checkGolden, outcomeOfPassing } from "../../../../trainer/judge/checks/golden.ts";
import { madeUpTrial, promptOf } from "../../support/made-up-trial.ts";

describe("golden prompts", () => {
  it("may turn both ways by a wording, but not many one way", () => {
    const of = (lost: number, won: number, passed = 40) => outcomeOfPassing({ lost, won, passed });
    expect(of(1, 0)).toBe("same");
    expect(of(4, 0)).toBe("same");
    expect(of(5, 0)).toBe("worse");
    expect(of(9, 5)).toBe("same");
    expect(of(0, 5, 30)).toBe("better");
    expect(of(0, 4, 30)).toBe("same");
  });

  it("are not lost among a handful, nor by a tenth among hundreds", () => {
    expect(outcomeOfPassing({ lost: 1, won: 0, passed: 1 })).toBe("same");
    expect(outcomeOfPassing({ lost: 2, won: 0, passed: 3 })).toBe("worse");
    expect(outcomeOfPassing({ lost: 12, won: 2, passed: 300 })).toBe("worse"); // by McNemar: 0.6 %
  });

  it("are named where they are lost, and none counts that the champion fails", () => {
    const golden = ["a", "b", "c", "d", "e"].map((user) => promptOf(user, [/bad/]));
    const champion = { says: (prompt: string) => (prompt === "a" ? "bad" : "fine") };
    const candidate = { says: (prompt: string) => (prompt < "d" ? "bad" : "fine") };
    const [check] = checkGolden(madeUpTrial(champion, candidate, { golden }));
    expect(check).toMatchObject({ champion: 0.8, candidate: 0.4, outcome: "worse" });
    expect(check?.remark).toBe("0 won, 2 lost of 5: b, c");
  });
});
