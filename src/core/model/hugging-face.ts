/**
 * The shape of a model in the words of Hugging Face's config.json.
 *
 * Layers of different width are a Llama as wide as the widest one, whose
 * missing rows and columns are zeros in model.safetensors; `lfz_ffn_width`
 * says how many there are. Layers without a gate are no Llama at all.
 */

import { z } from "zod";

import { complaintsOf } from "../complaint.ts";
import { HintedError } from "../errors.ts";
import { headSize, isLlama, ModelConfig, widestFeedForward } from "./config.ts";

/** The type of a model that is no Llama: programs that would misread it do not know it. */
const OUR_TYPE = "lfz";

/** The part of Hugging Face's config.json that says the shape of a Llama, and what we add to it. */
const HuggingFaceConfig = z.looseObject({
  model_type: z.enum(["llama", OUR_TYPE]),
  vocab_size: z.int(),
  hidden_size: z.int(),
  num_hidden_layers: z.int(),
  num_attention_heads: z.int(),
  num_key_value_heads: z.int().optional(),
  head_dim: z.int().nullish(),
  intermediate_size: z.int(),
  max_position_embeddings: z.int(),
  rope_theta: z.number().default(10_000),
  // transformers 5 moved the base of RoPE in here
  rope_parameters: z
    .looseObject({ rope_theta: z.number(), rope_type: z.literal("default").default("default") })
    .nullish(),
  rms_norm_eps: z.number().default(1e-5),
  tie_word_embeddings: z.boolean().default(false),
  hidden_act: z.literal("silu").default("silu"),
  attention_bias: z.literal(false).default(false),
  mlp_bias: z.literal(false).default(false),
  rope_scaling: z.null().optional(),
  lfz_ffn_width: ModelConfig.unwrap().shape.ffnWidth.optional(),
  lfz_activation: ModelConfig.unwrap().shape.activation,
});

export function toHuggingFace(config: ModelConfig): Record<string, unknown> {
  return {
    ...(isLlama(config)
      ? { model_type: "llama", architectures: ["LlamaForCausalLM"], hidden_act: "silu" }
      : { model_type: OUR_TYPE }),
    vocab_size: config.vocabSize,
    hidden_size: config.width,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: headSize(config),
    intermediate_size: widestFeedForward(config),
    max_position_embeddings: config.context,
    rope_theta: config.ropeBase,
    rms_norm_eps: config.normEpsilon,
    tie_word_embeddings: config.tiedEmbeddings,
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: "float32",
    ...(typeof config.ffnWidth !== "number" && { lfz_ffn_width: config.ffnWidth }),
    ...(config.activation !== "swiglu" && { lfz_activation: config.activation }),
  };
}

/** @throws HintedError naming what is not a plain Llama; `source` is the file, for the message. */
export function fromHuggingFace(json: unknown, source: string): ModelConfig {
  const parsed = HuggingFaceConfig.safeParse(json);
  if (!parsed.success) {
    throw new HintedError(`${source} is not a Llama model: ${complaintsOf(parsed.error, json)}.`, {
      hint: "Only Llama-shaped models without biases and without scaled RoPE can be opened.",
      cause: parsed.error,
    });
  }
  const hf = parsed.data;
  const described = {
    vocabSize: hf.vocab_size,
    width: hf.hidden_size,
    layers: hf.num_hidden_layers,
    heads: hf.num_attention_heads,
    kvHeads: hf.num_key_value_heads ?? hf.num_attention_heads,
    ffnWidth: hf.lfz_ffn_width ?? hf.intermediate_size,
    activation: hf.lfz_activation,
    context: hf.max_position_embeddings,
    ropeBase: hf.rope_parameters?.rope_theta ?? hf.rope_theta,
    normEpsilon: hf.rms_norm_eps,
    tiedEmbeddings: hf.tie_word_embeddings,
  };
  const shape = ModelConfig.safeParse(described);
  if (shape.success && hf.head_dim && hf.head_dim !== headSize(shape.data)) {
    throw new HintedError(
      `${source} is not a plain Llama: head_dim is ${hf.head_dim}, not hidden_size / num_attention_heads.`,
      { hint: "Only models whose heads share their width evenly can be opened." },
    );
  }
  if (shape.success) return shape.data;
  throw new HintedError(
    `${source} describes an impossible shape: ${complaintsOf(shape.error, described)}.`,
    {
      hint: "The file is damaged or from another program; take it from the original folder again.",
      cause: shape.error,
    },
  );
}
