import { describe, expect, it } from "vitest";

import { configOfPreset, PRESETS, type ModelConfig } from "../../../src/core/model/config.ts";
import { LORA_TARGETS, trainedPart, WHOLE_MODEL } from "../../../trainer/model/trained-part.ts";
import { requireMemory, trainingMemory, type MemoryUse } from "../../../trainer/train/memory.ts";

function useOf(preset: string, changes: Partial<ModelConfig> = {}, lanes = 2): MemoryUse {
  const config = configOfPreset(preset, { vocabSize: 2048, ...changes });
  const layout = { lanes, microTokens: 512 };
  return { config, part: trainedPart(config, WHOLE_MODEL), layout };
}

describe("the memory of a training", () => {
  /** The most that a process had of three steps, an evaluation, samples and the export; two cores, Node 20. */
  it.each([
    ["nano", 2048, 420e6],
    ["micro", 2048, 521e6],
    ["mini", 4096, 804e6],
    ["small", 8192, 1706e6],
  ])("is within a fifth of what was measured for %s", (preset, vocabSize, measured) => {
    const estimate = trainingMemory(useOf(preset, { vocabSize }));
    expect(estimate / measured).toBeGreaterThan(0.8);
    expect(estimate / measured).toBeLessThan(1.2);
  });

  it("follows the width of every layer, and what stands between its matrices", () => {
    const memory = (changes: Partial<ModelConfig>) =>
      trainingMemory(useOf("nano", { layers: 2, ffnWidth: 600, ...changes }));
    expect(memory({ ffnWidth: [600, 200] })).toBeLessThan(memory({}));
    expect(memory({ activation: "relu2" })).toBeLessThan(memory({ activation: "gelu" }));
    expect(memory({ activation: "gelu" })).toBeLessThan(memory({}));
  });

  it("is less for adapters than for all weights", () => {
    const whole = useOf("small", {}, 1);
    const lora = { rank: 4, targets: [...LORA_TARGETS] };
    const part = trainedPart(whole.config, { freeze: [], lora });
    expect(trainingMemory({ ...whole, part })).toBeLessThan(trainingMemory(whole));
  });
});

describe("a training that does not fit", () => {
  const free = (use: MemoryUse) => trainingMemory(use) - 1;
  const chosen = { presets: true };

  it("is not refused where it just fits", () => {
    const use = useOf("small");
    expect(() => requireMemory(use, { ...chosen, free: trainingMemory(use) })).not.toThrow();
  });

  it("is refused with what it needs, what there is, and fewer lanes", () => {
    const use = useOf("small", { vocabSize: 8192 });
    expect(() => requireMemory(use, { ...chosen, free: 1.2e9 })).toThrow(
      expect.objectContaining({
        message: "This training needs about 1.6 GB of memory; 1.2 GB are free.",
        hint: "It fits with --set lanes=1 --set microTokens=512, only slower.",
      }),
    );
  });

  it("is refused with a preset that fits where slower is not enough", () => {
    const use = useOf("large", {}, 1);
    const advice = (bytes: number): string => {
      try {
        requireMemory(use, { ...chosen, free: bytes });
      } catch (error) {
        return (error as { hint: string }).hint;
      }
      return "";
    };
    for (const preset of Object.keys(PRESETS).filter((name) => name !== "large")) {
      const smaller = { ...useOf(preset), layout: use.layout };
      expect(advice(trainingMemory(smaller))).toBe(`--preset ${preset} fits.`);
    }
    expect(advice(100e6)).toMatch(/^No preset fits: /);
  });

  it("is never told of presets where the model is there already", () => {
    const use = useOf("small", {}, 1);
    const smallest = { ...use, layout: { lanes: 1, microTokens: 512 } };
    expect(() => requireMemory(smallest, { presets: false, free: free(smallest) })).toThrow(
      expect.objectContaining({ hint: "Take a smaller model, or close other programs." }),
    );
  });
});
