import { describe, expect, it } from "vitest";

import { configOfPreset } from "../../../src/core/model/config.ts";
import { defaultLayout } from "../../../trainer/train/layout.ts";

const inPlace = { kind: "in-place", device: "cpu" } as const;
const mini = configOfPreset("mini", { vocabSize: 4096 });

describe("the layout of a step", () => {
  it("gives every thread a lane, as far as there are micro-batches", () => {
    const lanes = (threads: number, stepTokens: number) =>
      defaultLayout(inPlace, mini, { threads, stepTokens });
    expect(lanes(2, 4096)).toEqual({ lanes: 2, microTokens: 512 });
    expect(lanes(64, 4096)).toEqual({ lanes: 8, microTokens: 512 });
    expect(lanes(1, 4096)).toEqual({ lanes: 1, microTokens: 1024 });
    expect(lanes(2, 100)).toEqual({ lanes: 1, microTokens: 100 });
  });

  it("shares one micro-batch among all threads where another set of gradients is too much, or one graph runs at a time", () => {
    const machine = { threads: 2, stepTokens: 4096 };
    const large = configOfPreset("large", { vocabSize: 8192 });
    expect(defaultLayout(inPlace, large, machine).lanes).toBe(1);
    expect(defaultLayout({ kind: "binding", device: "cpu" }, mini, machine).lanes).toBe(1);
    expect(defaultLayout({ kind: "in-place", device: "webgpu" }, mini, machine).lanes).toBe(1);
  });
});
