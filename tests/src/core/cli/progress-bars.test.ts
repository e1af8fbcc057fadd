import { describe, expect, it } from "vitest";

import { ProgressBars } from "../../../../src/core/cli/progress-bars.ts";

describe("progress bars", () => {
  it("follow one another, each for as long as the work is called the same", () => {
    const seen: string[] = [];
    const bars = new ProgressBars({
      progress: (title) => ({
        update: ({ fraction }) => void seen.push(`${title} ${fraction}`),
        done: () => void seen.push(`${title} done`),
      }),
    });
    bars.done(); // nothing was begun
    bars.update("train", { fraction: 0.5, text: "" });
    bars.update("train", { fraction: 1, text: "" });
    bars.update("judge", { fraction: 0.1, text: "" });
    bars.done();
    bars.update("judge", { fraction: 0.2, text: "" });
    expect(seen).toEqual([
      "train 0.5",
      "train 1",
      "train done",
      "judge 0.1",
      "judge done",
      "judge 0.2",
    ]);
  });
});
