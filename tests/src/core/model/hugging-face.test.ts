import { describe, expect, it } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import { configOfPreset, PRESETS, type PresetName } from "../../../../src/core/model/config.ts";
import { fromHuggingFace, toHuggingFace } from "../../../../src/core/model/hugging-face.ts";

const names = Object.keys(PRESETS) as PresetName[];

describe("config.json of Hugging Face", () => {
  it.each(names)("says all of %s and gives it back", (name) => {
    const config = configOfPreset(name, { vocabSize: 4096, ropeBase: 50_000 });
    const json: unknown = JSON.parse(JSON.stringify(toHuggingFace(config)));
    expect(fromHuggingFace(json, "config.json")).toEqual(config);
  });

  it("calls layers of different width a Llama as wide as the widest", () => {
    const config = configOfPreset("nano", { vocabSize: 512, layers: 2, ffnWidth: [64, 96] });
    const json: unknown = JSON.parse(JSON.stringify(toHuggingFace(config)));
    expect(json).toMatchObject({ model_type: "llama", intermediate_size: 96, hidden_act: "silu" });
    expect(fromHuggingFace(json, "config.json")).toEqual(config);
  });

  it.each([
    { activation: "gelu" },
    { activation: ["swiglu", "relu2"], ffnWidth: [64, 96] },
  ] as const)("does not call %j a Llama, and still gives it back", (values) => {
    const config = configOfPreset("nano", { vocabSize: 512, layers: 2, ...values });
    const json = JSON.parse(JSON.stringify(toHuggingFace(config)));
    expect(json.model_type).toBe("lfz");
    expect(json.architectures ?? json.hidden_act).toBeUndefined();
    expect(fromHuggingFace(json, "config.json")).toEqual(config);
  });

  /** The shape of SmolLM2-135M, as published. */
  const published = {
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    bos_token_id: 0,
    hidden_act: "silu",
    hidden_size: 576,
    intermediate_size: 1536,
    max_position_embeddings: 8192,
    mlp_bias: false,
    model_type: "llama",
    num_attention_heads: 9,
    num_hidden_layers: 30,
    num_key_value_heads: 3,
    rms_norm_eps: 1e-5,
    rope_scaling: null,
    rope_theta: 100_000,
    tie_word_embeddings: true,
    vocab_size: 49_152,
  };

  it("opens an open Llama-shaped model", () => {
    expect(fromHuggingFace(published, "config.json")).toMatchObject({
      width: 576,
      kvHeads: 3,
      ropeBase: 100_000,
    });
  });

  it("finds the base of RoPE where transformers 5 writes it", () => {
    const { rope_theta: _, ...rest } = published;
    const newer = { ...rest, rope_parameters: { rope_theta: 130_000, rope_type: "default" } };
    expect(fromHuggingFace(newer, "config.json").ropeBase).toBe(130_000);
  });

  it.each([
    [{ model_type: "gpt2" }, "model_type"],
    [{ attention_bias: true }, "attention_bias"],
    [{ hidden_act: "gelu" }, "hidden_act"],
    [{ rope_scaling: { type: "linear", factor: 2 } }, "rope_scaling"],
    [{ rope_parameters: { rope_theta: 1e4, rope_type: "yarn" } }, "rope_parameters"],
    [{ head_dim: 128 }, "head_dim is 128"],
    [{ num_attention_heads: 7 }, "impossible shape"],
  ])("refuses %j with the file and the field", (changed, words) => {
    const open = () => fromHuggingFace({ ...published, ...changed }, "dir/config.json");
    expect(open).toThrow(HintedError);
    expect(open).toThrow("dir/config.json");
    expect(open).toThrow(words);
  });

  it("refuses what is no object at all", () => {
    expect(() => fromHuggingFace("text", "config.json")).toThrow(
      /^config\.json is not a Llama model: Invalid input/,
    );
  });
});
