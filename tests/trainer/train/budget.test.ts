import { describe, expect, it } from "vitest";

import { progressOf, toBudget } from "../../../trainer/train/budget.ts";

const spent = { step: 0, seconds: 0, epochs: 0 };

describe("the budget", () => {
  it("is ten minutes unless something is said", () => {
    expect(toBudget({})).toEqual({ minutes: 10 });
    expect(toBudget({ steps: 7 })).toEqual({ steps: 7 });
  });

  it.each([
    [{ minutes: 0 }, "--minutes 0: a run needs more than nothing."],
    [{ steps: -1 }, "--steps -1: a run needs more than nothing."],
    [{ epochs: NaN }, "--epochs NaN: a run needs more than nothing."],
  ])("refuses %o", (given, message) => {
    expect(() => toBudget(given)).toThrow(message);
  });

  it("is used up by whatever ends first", () => {
    const budget = { minutes: 1, steps: 10, epochs: 2 };
    expect(progressOf(budget, spent)).toBe(0);
    expect(progressOf(budget, { step: 1, seconds: 30, epochs: 0.4 })).toBe(0.5);
    expect(progressOf(budget, { step: 9, seconds: 30, epochs: 0.4 })).toBe(0.9);
    expect(progressOf(budget, { step: 1, seconds: 6, epochs: 1.5 })).toBe(0.75);
    expect(progressOf(budget, { step: 99, seconds: 0, epochs: 0 })).toBe(1);
  });
});
