import { describe, expect, it } from "vitest";

import { isOver, judge, NOTHING_SEEN } from "../../../trainer/train/early-stopping.ts";

const options = { patience: 2, minDelta: 0.1 };

/** What is said of each loss in turn: best, over. */
function judgeAll(losses: readonly number[]): string[] {
  let state = NOTHING_SEEN;
  return losses.map((loss, step) => {
    const judgement = judge(state, { step, loss }, options);
    state = judgement.state;
    return [judgement.isBest && "best", isOver(state, options) && "over"].filter(Boolean).join(" ");
  });
}

describe("early stopping", () => {
  it("waits for as many evaluations as it has patience", () => {
    expect(judgeAll([3, 2, 2.5, 2.4])).toEqual(["best", "best", "", "over"]);
  });

  it("is patient again after a real improvement", () => {
    expect(judgeAll([3, 3.1, 2, 2.5, 1.5])).toEqual(["best", "", "best", "", "best"]);
  });

  it("keeps a small improvement as the best, but waits no longer for it", () => {
    expect(judgeAll([3, 2.95, 2.93])).toEqual(["best", "best", "best over"]);
  });

  it("takes no loss that is not a number for the best", () => {
    expect(judgeAll([NaN, Infinity])).toEqual(["", "over"]);
    expect(judgeAll([NaN, 3])).toEqual(["", "best"]);
  });
});
