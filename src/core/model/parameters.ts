/**
 * The names and shapes of a model's weights: Hugging Face's names, row-major
 * [out, in] matrices, in the one order that flat buffers and files use.
 */

import { feedForwardOf, headSize, type ModelConfig } from "./config.ts";

export interface ParameterSpec {
  /** For example `model.layers.0.self_attn.q_proj.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
}

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
export const HEAD = "lm_head.weight";

/** The nine weights of one layer, by what they are for; `gate` is SwiGLU's alone. */
export const layerNames = (layer: number) => {
  const prefix = `model.layers.${layer}`;
  return {
    attentionNorm: `${prefix}.input_layernorm.weight`,
    query: `${prefix}.self_attn.q_proj.weight`,
    key: `${prefix}.self_attn.k_proj.weight`,
    value: `${prefix}.self_attn.v_proj.weight`,
    output: `${prefix}.self_attn.o_proj.weight`,
    ffnNorm: `${prefix}.post_attention_layernorm.weight`,
    gate: `${prefix}.mlp.gate_proj.weight`,
    up: `${prefix}.mlp.up_proj.weight`,
    down: `${prefix}.mlp.down_proj.weight`,
  } as const;
};

export function parameterSpecs(config: ModelConfig): ParameterSpec[] {
  const { width, vocabSize } = config;
  const kvWidth = config.kvHeads * headSize(config);
  const specs: ParameterSpec[] = [{ name: EMBEDDING, shape: [vocabSize, width] }];
  for (let layer = 0; layer < config.layers; layer++) {
    const names = layerNames(layer);
    const { width: ffnWidth, activation } = feedForwardOf(config, layer);
    specs.push(
      { name: names.attentionNorm, shape: [width] },
      { name: names.query, shape: [width, width] },
      { name: names.key, shape: [kvWidth, width] },
      { name: names.value, shape: [kvWidth, width] },
      { name: names.output, shape: [width, width] },
      { name: names.ffnNorm, shape: [width] },
      ...(activation === "swiglu" ? [{ name: names.gate, shape: [ffnWidth, width] }] : []),
      { name: names.up, shape: [ffnWidth, width] },
      { name: names.down, shape: [width, ffnWidth] },
    );
  }
  specs.push({ name: FINAL_NORM, shape: [width] });
  if (!config.tiedEmbeddings) specs.push({ name: HEAD, shape: [vocabSize, width] });
  return specs;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function parameterCount(config: ModelConfig): number {
  return countOf(parameterSpecs(config));
}

/** The same without the embedding and a head of its own: what scaling laws call the size (Kaplan et al., 2020, section 1.3). */
export function nonEmbeddingCount(config: ModelConfig): number {
  return countOf(parameterSpecs(config).filter(({ name }) => name !== EMBEDDING && name !== HEAD));
}

/** Numbers in all of them. */
export function countOf(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Weights by name: views into memory that somebody else owns. */
export type Weights = ReadonlyMap<string, Float32Array>;
