import { describe, expect, it } from "vitest";

import { configOfPreset } from "../../../../src/core/model/config.ts";
import { fromHuggingFace } from "../../../../src/core/model/hugging-face.ts";
import { parameterCount, parameterSpecs } from "../../../../src/core/model/parameters.ts";

describe("parameterCount", () => {
  it("is the 134,515,008 of SmolLM2-135M", () => {
    const config = fromHuggingFace(
      {
        model_type: "llama",
        vocab_size: 49_152,
        hidden_size: 576,
        num_hidden_layers: 30,
        num_attention_heads: 9,
        num_key_value_heads: 3,
        intermediate_size: 1536,
        max_position_embeddings: 8192,
        tie_word_embeddings: true,
      },
      "config.json",
    );
    expect(parameterCount(config)).toBe(134_515_008);
  });

  it("is the 5.8 million of the reference model", () => {
    expect(parameterCount(configOfPreset("mini", { vocabSize: 4096 }))).toBe(5_795_072);
  });

  it("counts the head only where it is not the embedding", () => {
    const tied = configOfPreset("nano", { vocabSize: 1000 });
    const untied = { ...tied, tiedEmbeddings: false };
    expect(parameterCount(untied) - parameterCount(tied)).toBe(1000 * 128);
  });
});

describe("parameterSpecs", () => {
  it("names every weight once, embedding first", () => {
    const names = parameterSpecs(configOfPreset("small", { vocabSize: 1000 })).map(
      ({ name }) => name,
    );
    expect(names[0]).toBe("model.embed_tokens.weight");
    expect(names.at(-1)).toBe("model.norm.weight");
    expect(new Set(names).size).toBe(2 + 9 * 8);
    expect(names).toHaveLength(2 + 9 * 8);
  });
});
