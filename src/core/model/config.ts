/**
 * The shape of a model, and nothing else.
 *
 * Trainer, exporter and runtime all read this one record, so a checkpoint can
 * never be opened with a shape it was not trained with. The field names are
 * ours; `toHuggingFace` and `fromHuggingFace` speak config.json's.
 */

import { z } from "zod";

import { complaintsOf } from "../complaint.ts";
import { HintedError } from "../errors.ts";

/** ONNX Runtime's GroupQueryAttention wants head sizes in multiples of this. */
const HEAD_SIZE_STEP = 16;

export const ModelConfig = z
  .strictObject({
    vocabSize: z.int().min(256), // a byte-level vocabulary starts with all 256 bytes
    width: z.int().positive(),
    layers: z.int().positive(),
    heads: z.int().positive(),
    kvHeads: z.int().positive(),
    ffnWidth: z.int().positive(),
    context: z.int().min(8),
    ropeBase: z.number().positive().default(10_000),
    normEpsilon: z.number().positive().default(1e-5),
    tiedEmbeddings: z.boolean().default(true),
  })
  .refine(({ width, heads }) => width % (heads * HEAD_SIZE_STEP) === 0, {
    error: `width must be a multiple of heads x ${HEAD_SIZE_STEP}`,
    path: ["width"],
  })
  .refine(({ heads, kvHeads }) => heads % kvHeads === 0, {
    error: "heads must be a multiple of kvHeads",
    path: ["kvHeads"],
  })
  .readonly();

export type ModelConfig = z.infer<typeof ModelConfig>;

export const headSize = (config: ModelConfig): number => config.width / config.heads;

/** Presets: everything but the vocabulary, which the tokenizer decides. */
export const PRESETS = {
  nano: { width: 128, layers: 4, heads: 4, kvHeads: 4, ffnWidth: 352, context: 256 },
  micro: { width: 192, layers: 5, heads: 6, kvHeads: 6, ffnWidth: 512, context: 256 },
  mini: { width: 256, layers: 6, heads: 8, kvHeads: 8, ffnWidth: 688, context: 256 },
  small: { width: 384, layers: 8, heads: 6, kvHeads: 6, ffnWidth: 1024, context: 512 },
  medium: { width: 512, layers: 8, heads: 8, kvHeads: 8, ffnWidth: 1376, context: 512 },
  large: { width: 768, layers: 16, heads: 12, kvHeads: 12, ffnWidth: 2048, context: 1024 },
} as const;

export type PresetName = keyof typeof PRESETS;

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}

/** A preset with single values replaced, checked as a whole. */
export function configOfPreset(
  name: string,
  overrides: Partial<ModelConfig> & { vocabSize: number },
): ModelConfig {
  if (!isPreset(name)) {
    throw new HintedError(`There is no preset "${name}".`, {
      hint: `Choose one of ${Object.keys(PRESETS).join(", ")}, or set single values with --set.`,
    });
  }
  const wanted = { ...PRESETS[name], ...overrides };
  const parsed = ModelConfig.safeParse(wanted);
  if (parsed.success) return parsed.data;
  throw new HintedError(`This model cannot be built: ${complaintsOf(parsed.error, wanted)}.`, {
    hint: "Correct the value given with --set, or leave it out to take the preset's.",
    cause: parsed.error,
  });
}

/** The part of Hugging Face's config.json that says the shape of a Llama. */
const HuggingFaceConfig = z.looseObject({
  model_type: z.literal("llama"),
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
});

export function toHuggingFace(config: ModelConfig): Record<string, unknown> {
  return {
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    vocab_size: config.vocabSize,
    hidden_size: config.width,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: headSize(config),
    intermediate_size: config.ffnWidth,
    max_position_embeddings: config.context,
    rope_theta: config.ropeBase,
    rms_norm_eps: config.normEpsilon,
    tie_word_embeddings: config.tiedEmbeddings,
    hidden_act: "silu",
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: "float32",
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
    ffnWidth: hf.intermediate_size,
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
