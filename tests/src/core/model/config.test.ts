import { describe, expect, it } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import {
  configOfPreset,
  feedForwardOf,
  headSize,
  ModelConfig,
  PRESETS,
  widestFeedForward,
  type PresetName,
} from "../../../../src/core/model/config.ts";

const names = Object.keys(PRESETS) as PresetName[];

describe("configOfPreset", () => {
  it.each(names)("builds %s", (name) => {
    const config = configOfPreset(name, { vocabSize: 4096 });
    expect(ModelConfig.parse(config)).toEqual(config);
    expect(headSize(config) % 16).toBe(0);
  });

  it("replaces single values", () => {
    const config = configOfPreset("nano", { vocabSize: 300, layers: 2, tiedEmbeddings: false });
    expect(config).toMatchObject({ layers: 2, width: 128, tiedEmbeddings: false });
  });

  it.each([
    [{ context: 0 }, "context"],
    [{ vocabSize: 255 }, "vocabSize"],
    [{ layers: 1.5 }, "layers"],
    [{ width: 130 }, "width must be a multiple of heads x 16"],
    [{ kvHeads: 3 }, "heads must be a multiple of kvHeads"],
    [{ layer: 2 }, "layer"],
    [{ ffnWidth: [64, 32] }, "ffnWidth [64,32]: has 2 values for 4 layers"],
    [{ ffnWidth: [64, 32, 64, 0] }, "ffnWidth.3 0: must be more than 0"],
    [{ activation: ["gelu"] as const }, 'activation ["gelu"]: has 1 values for 4 layers'],
  ])("refuses %j by name", (values, words) => {
    const build = () => configOfPreset("nano", { vocabSize: 512, ...values });
    expect(build).toThrow(HintedError);
    expect(build).toThrow(words);
  });

  it("lists the presets when the name is unknown", () => {
    expect(() => configOfPreset("huge", { vocabSize: 512 })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("nano, micro, mini") as string }),
    );
  });
});

describe("the feed-forward part of a layer", () => {
  it("is the same in all layers unless there is a value for each", () => {
    const nano = configOfPreset("nano", { vocabSize: 512, layers: 2 });
    expect([0, 1].map((layer) => feedForwardOf(nano, layer))).toEqual([
      { width: 352, activation: "swiglu" },
      { width: 352, activation: "swiglu" },
    ]);
    const mixed = { ...nano, ffnWidth: [64, 96], activation: "gelu" } as const;
    expect([0, 1].map((layer) => feedForwardOf(mixed, layer))).toEqual([
      { width: 64, activation: "gelu" },
      { width: 96, activation: "gelu" },
    ]);
    expect(widestFeedForward(mixed)).toBe(96);
  });
});
