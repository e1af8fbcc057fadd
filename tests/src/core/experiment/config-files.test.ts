import { describe, expect, it } from "vitest";

import {
  DEFAULT_GENERATION,
  fromGenerationConfig,
  toConfigJson,
  toGenerationConfigJson,
} from "../../../../src/core/experiment/config-files.ts";
import { configOfPreset } from "../../../../src/core/model/config.ts";
import { fromHuggingFace } from "../../../../src/core/model/hugging-face.ts";

const ids = { sos: 0, eos: 2, pad: 3, stop: 5 };

describe("config.json", () => {
  it("says the shape and the special ids in Hugging Face's words", () => {
    const config = configOfPreset("mini", { vocabSize: 4096 });
    const json: unknown = JSON.parse(toConfigJson(config, ids));
    expect(json).toMatchObject({
      architectures: ["LlamaForCausalLM"],
      bos_token_id: 0,
      eos_token_id: 2,
      pad_token_id: 3,
    });
    expect(fromHuggingFace(json, "config.json")).toEqual(config);
  });
});

describe("generation_config.json", () => {
  it("ends a reply at <eos> and at <stop>", () => {
    expect(JSON.parse(toGenerationConfigJson(ids))).toMatchObject({
      eos_token_id: [2, 5],
      do_sample: true,
    });
  });

  it("reads back what it wrote", () => {
    const greedy = { ...DEFAULT_GENERATION, temperature: 0, minP: 0.05 };
    for (const defaults of [DEFAULT_GENERATION, greedy]) {
      const json: unknown = JSON.parse(toGenerationConfigJson(ids, defaults));
      expect(fromGenerationConfig(json, "generation_config.json")).toEqual(defaults);
    }
  });

  it("takes our defaults for what a foreign file leaves out", () => {
    const found = fromGenerationConfig({ transformers_version: "4", top_k: 10 }, "x");
    expect(found).toEqual({ ...DEFAULT_GENERATION, topK: 10 });
  });
});
