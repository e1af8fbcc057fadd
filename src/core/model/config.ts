/**
 * The shape of a model, and nothing else.
 *
 * Trainer, exporter and runtime all read this one record, so a checkpoint can
 * never be opened with a shape it was not trained with. The field names are
 * ours; `hugging-face.ts` speaks config.json's.
 */

import { z } from "zod";

import { complaintsOf } from "../complaint.ts";
import { HintedError } from "../errors.ts";

/** ONNX Runtime's GroupQueryAttention wants head sizes in multiples of this. */
const HEAD_SIZE_STEP = 16;

/**
 * What stands between the matrices of a feed-forward layer: `swiglu` is down(silu(gate x) ⊙ up x)
 * (Shazeer, 2020), the others are down(f(up x)) without a gate, f being the exact GELU x Φ(x)
 * (Hendrycks & Gimpel, 2016) or max(x, 0)² (So et al., Primer, 2021).
 */
const ACTIVATIONS = ["swiglu", "gelu", "relu2"] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** One value for all layers, or a list with one a layer. */
const perLayer = <T extends z.ZodType>(value: T, words: string) =>
  z.union([value, z.array(value).readonly()], {
    error: `must be ${words}, once for all layers or one a layer`,
  });

export const ModelConfig = z
  .strictObject({
    vocabSize: z.int().min(256), // a byte-level vocabulary starts with all 256 bytes
    width: z.int().positive(),
    layers: z.int().positive(),
    heads: z.int().positive(),
    kvHeads: z.int().positive(),
    ffnWidth: perLayer(z.int().positive(), "a whole number above 0"),
    activation: perLayer(z.enum(ACTIVATIONS), `one of ${ACTIVATIONS.join(", ")}`).default("swiglu"),
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
  .superRefine((config, context) => {
    for (const key of ["ffnWidth", "activation"] as const) {
      const { [key]: given } = config;
      if (typeof given !== "object" || given.length === config.layers) continue;
      const message = `has ${given.length} values for ${config.layers} layers`;
      context.addIssue({ code: "custom", message, path: [key] });
    }
  })
  .readonly();

export type ModelConfig = z.infer<typeof ModelConfig>;

export const headSize = (config: ModelConfig): number => config.width / config.heads;

export interface FeedForward {
  readonly width: number;
  readonly activation: Activation;
}

/** What the feed-forward part of one layer is. */
export function feedForwardOf({ ffnWidth, activation }: ModelConfig, layer: number): FeedForward {
  return { width: ofLayer(ffnWidth, layer), activation: ofLayer(activation, layer) };
}

function ofLayer<T extends number | string>(value: T | readonly T[], layer: number): T {
  if (typeof value !== "object") return value;
  const found = value[layer];
  if (found === undefined) throw new RangeError(`There is no layer ${layer}`);
  return found;
}

export function widestFeedForward({ ffnWidth }: ModelConfig): number {
  return typeof ffnWidth === "number" ? ffnWidth : Math.max(...ffnWidth);
}

/** Whether Hugging Face's Llama can say this model: it knows no other feed-forward than SwiGLU. */
export function isLlama({ activation }: ModelConfig): boolean {
  return [activation].flat().every((name) => name === "swiglu");
}

/** Presets: everything but the vocabulary, which the tokenizer decides. */
export const PRESETS = {
  nano: { width: 128, layers: 4, heads: 4, kvHeads: 4, ffnWidth: 352, context: 256 },
  micro: { width: 192, layers: 5, heads: 6, kvHeads: 6, ffnWidth: 512, context: 256 },
  mini: { width: 256, layers: 6, heads: 8, kvHeads: 8, ffnWidth: 688, context: 256 },
  small: { width: 384, layers: 8, heads: 6, kvHeads: 6, ffnWidth: 1024, context: 512 },
  medium: { width: 512, layers: 8, heads: 8, kvHeads: 8, ffnWidth: 1376, context: 512 },
  large: { width: 768, layers: 20, heads: 12, kvHeads: 12, ffnWidth: 2048, context: 1024 },
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
