/**
 * The settings of a training run, their defaults, and `--set key=value`.
 *
 * A few are derived (the learning rate from the width, the evaluation size
 * from the budget); all of them end up resolved in run.json, so a run can be
 * repeated and resumed from its record alone.
 */

import { z } from "zod";

import { complaintOf } from "../../src/core/complaint.ts";
import { HintedError } from "../../src/core/errors.ts";
import { ModelConfig } from "../../src/core/model/config.ts";
import { PreferenceOptions } from "../preference/settings.ts";
import { USUAL_BETAS } from "./engine.ts";
import type { Layout } from "./layout.ts";

const share = z.number().min(0).lt(1);

export const TrainingOptions = z.strictObject({
  optimizer: z.enum(["muon", "adamw"]),
  /** `wsd`: warmup, stable, decay. */
  schedule: z.enum(["cosine", "linear", "wsd"]),
  learningRate: z.number().positive(),
  /** The embedding's learning rate, and that of a head of its own, as a multiple of the others'. */
  embeddingRate: z.number().positive().default(1), // runs of before it was a setting go on with it
  /** The first and the second beta of Adam for the embedding, and for a head of its own. */
  embeddingBetas: z.tuple([share, share]).default([...USUAL_BETAS]), // likewise
  /** What is left of the learning rate at the end, as a share. */
  finalRate: z.number().min(0).max(1),
  warmupSteps: z.int().nonnegative(),
  weightDecay: z.number().min(0),
  gradientClip: z.number().positive(),
  /** The share of what layers add that is left out while learning: for small data seen many times. */
  dropout: z.number().min(0).max(0.9),
  /** Tokens an optimizer step looks at; gradients are summed over micro-batches. */
  stepTokens: z.int().positive(),
  /** Tokens a micro-batch: few enough to keep the head's output in the cache. */
  microTokens: z.int().positive(),
  /** Micro-batches computed at the same time. */
  lanes: z.int().positive(),
  /** The last share of a `--loss all` run learns to reply. */
  replyStretch: z.number().min(0).max(1),
  /** How often the run is judged, samples are drawn and the best is kept. */
  evaluations: z.int().positive(),
  /** Tokens a validation looks at. */
  validationTokens: z.int().positive(),
  /** Evaluations without an improvement of `minDelta` before the run ends. */
  patience: z.int().positive(),
  minDelta: z.number().min(0),
  checkpointMinutes: z.number().positive(),
  packing: z.enum(["packed", "padded"]),
  /** How the finished weights are stored. */
  storage: z.enum(["float32", "float16"]),
});

export type TrainingOptions = z.infer<typeof TrainingOptions>;

/** Tokens an optimizer step looks at by default. */
export const STEP_TOKENS = 4096;

/** The width at which `REFERENCE_RATE` is the best learning rate; it shrinks in proportion. */
const REFERENCE_WIDTH = 256;
const REFERENCE_RATE = 3e-3;

/** Most rows of an embedding are seldom seen: at the rate of the others it stays behind (experiments/LOG.md). */
const EMBEDDING_RATE = 8;
/**
 * A row is moved when its token was seen, and little after (the first); how large its gradients
 * are is not forgotten until it is seen again (the second). Both measured: experiments/LOG.md.
 */
const EMBEDDING_BETAS = [0.6, 0.99];

const MIN_VALIDATION_TOKENS = 4_096;
const MAX_VALIDATION_TOKENS = 65_536;
/** Validation tokens a training token, all evaluations together: about 4 % of the time. */
const VALIDATION_SHARE = 0.1;

export function defaultLearningRate(width: number): number {
  return (REFERENCE_RATE * REFERENCE_WIDTH) / width;
}

const MODEL_SHAPE = ModelConfig.unwrap().shape;

/** The vocabulary is the tokenizer's to say. */
export const MODEL_SETTING_NAMES: readonly string[] = Object.keys(MODEL_SHAPE).filter(
  (name) => name !== "vocabSize",
);

/** What `--set` takes. */
export const SETTING_NAMES: readonly string[] = [
  ...MODEL_SETTING_NAMES,
  ...Object.keys(TrainingOptions.shape),
  ...Object.keys(PreferenceOptions.shape),
];

/** Values given with --set, by what they belong to. */
export interface Overrides {
  readonly model: Partial<ModelConfig>;
  readonly training: Partial<TrainingOptions>;
  readonly preference: Partial<PreferenceOptions>;
}

/** @throws HintedError naming the pair that is not understood. */
export function parseOverrides(pairs: readonly string[]): Overrides {
  const model: Record<string, unknown> = {};
  const training: Record<string, unknown> = {};
  const preference: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [key, text] = splitPair(pair);
    if (Object.hasOwn(TrainingOptions.shape, key)) {
      training[key] = checkedValue(TrainingOptions.shape, key, text);
    } else if (Object.hasOwn(PreferenceOptions.shape, key)) {
      preference[key] = checkedValue(PreferenceOptions.shape, key, text);
    } else if (SETTING_NAMES.includes(key)) {
      model[key] = checkedValue(MODEL_SHAPE, key, text);
    } else throw unknownKey(key);
  }
  return { model, training, preference };
}

/** @throws HintedError if a setting is given that only preference training has. */
export function refusePreference({ preference }: Overrides): void {
  const [key] = Object.keys(preference);
  if (key === undefined) return;
  throw new HintedError(`--set ${key}: only preferences are learnt with it.`, {
    hint: "Leave it out, or take `lfz finetune --method dpo` or kto.",
  });
}

export function resolveOptions(
  overrides: Partial<TrainingOptions>,
  {
    width,
    expectedTokens,
    layout,
  }: { readonly width: number; readonly expectedTokens: number; readonly layout: Layout },
): TrainingOptions {
  const evaluations = overrides.evaluations ?? 20;
  const affordable = (expectedTokens * VALIDATION_SHARE) / evaluations;
  return TrainingOptions.parse({
    optimizer: "muon",
    schedule: "wsd",
    learningRate: defaultLearningRate(width),
    embeddingRate: EMBEDDING_RATE,
    embeddingBetas: EMBEDDING_BETAS,
    finalRate: 0.02,
    warmupSteps: 40,
    weightDecay: 0.1,
    gradientClip: 1,
    dropout: 0,
    stepTokens: STEP_TOKENS,
    ...layout,
    replyStretch: 0.2,
    evaluations,
    validationTokens: Math.round(
      Math.min(MAX_VALIDATION_TOKENS, Math.max(MIN_VALIDATION_TOKENS, affordable)),
    ),
    patience: 6,
    minDelta: 0.001,
    checkpointMinutes: 2,
    packing: "packed",
    storage: "float32",
    ...overrides,
  });
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new HintedError(`--set ${pair} is not key=value.`, {
    hint: "Write for example --set layers=4.",
  });
}

function checkedValue(shape: Record<string, z.ZodType>, key: string, text: string): unknown {
  const parsed = shape[key].safeParse(toValue(text));
  if (parsed.success) return parsed.data;
  throw new HintedError(`--set ${key}=${text}: ${complaintOf(parsed.error.issues[0])}.`, {
    hint: "Give another value, or leave it out to take the default.",
    cause: parsed.error,
  });
}

function toValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  if (text.includes(",")) return text.split(",").map(toValue);
  const number = Number(text);
  return text.trim() !== "" && !Number.isNaN(number) ? number : text;
}

function unknownKey(key: string): HintedError {
  return new HintedError(`--set ${key}: there is no such setting.`, {
    hint: `Settings: ${SETTING_NAMES.join(", ")}.`,
  });
}
