import { describe, expect, it } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import { parameterSpecs } from "../../../src/core/model/parameters.ts";
import {
  allSpecs,
  LORA_TARGETS,
  matchesName,
  trainedPart,
} from "../../../trainer/model/trained-part.ts";
import { tinyConfig } from "../support/tiny-training.ts";

const config = tinyConfig({ layers: 12 });
const everywhere = { rank: 4, targets: [...LORA_TARGETS] };

describe("the trained part of a model", () => {
  it.each([
    ["layers.1", "model.layers.1.mlp.up_proj.weight", true],
    ["layers.1", "model.layers.11.mlp.up_proj.weight", false],
    ["layers.1*", "model.layers.11.mlp.up_proj.weight", true],
    ["*layernorm", "model.layers.0.input_layernorm.weight", true],
    ["mlp.up_proj", "model.layers.0.mlp.up_proj.weight", true],
    ["proj", "model.layers.0.mlp.up_proj.weight", false],
    ["weight.model", "model.norm.weight", false],
    ["norm+", "model.norm.weight", false],
  ])("takes %s for %s: %s", (pattern, name, matches) => {
    expect(matchesName(name, pattern)).toBe(matches);
  });

  it("is all that is not frozen", () => {
    const { specs, adapters } = trainedPart(config, {
      freeze: ["embed_tokens", "layers.0"],
      lora: null,
    });
    expect(specs).toHaveLength(parameterSpecs(config).length - 10);
    expect(specs.some(({ name }) => name.includes(".0."))).toBe(false);
    expect(adapters.size).toBe(0);
  });

  it("is adapters and nothing else with LoRA", () => {
    const part = trainedPart(config, { freeze: [], lora: everywhere });
    expect(part.adapters.size).toBe(12 * 7);
    expect(part.specs).toHaveLength(2 * 12 * 7);
    expect(part.adapters.get("model.layers.3.mlp.gate_proj.weight")).toEqual({
      down: { name: "model.layers.3.mlp.gate_proj.lora_A.weight", shape: [4, 32] },
      up: { name: "model.layers.3.mlp.gate_proj.lora_B.weight", shape: [4, 48] },
    });
    expect(allSpecs(config, part)).toEqual([...parameterSpecs(config), ...part.specs]);
  });

  it.each([
    [{ freeze: ["layer.0"], lora: null }, "--freeze layer.0: no weight has such a name."],
    [{ freeze: ["model", "lm_head"], lora: null }, "--freeze lm_head: no weight has such a name."],
    [{ freeze: ["weight"], lora: null }, "--freeze weight leaves nothing to train."],
    [
      { freeze: ["layers.3"], lora: everywhere },
      "--freeze covers model.layers.3.self_attn.q_proj.weight, which --lora is to adapt.",
    ],
    [
      { freeze: [], lora: { rank: 4, targets: ["embed_tokens"] } },
      "--lora-targets embed_tokens: no weight has such a name.",
    ],
    [
      { freeze: [], lora: { rank: 33, targets: ["q_proj"] } },
      "--lora 33: model.layers.0.self_attn.q_proj.weight is [32, 32], of a smaller rank.",
    ],
  ])("refuses %o", (choice, message) => {
    expect(() => trainedPart(config, choice)).toThrow(message);
    expect(() => trainedPart(config, choice)).toThrow(HintedError);
  });
});
