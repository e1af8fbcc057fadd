/**
 * `config.json` and `generation_config.json`: the two files from which
 * transformers.js and its relatives learn what the weights beside them are.
 *
 * Knows their fields; not how generation uses them.
 */

import { z } from "zod";

import { HintedError } from "../errors.ts";
import type { ModelConfig } from "../model/config.ts";
import { toHuggingFace } from "../model/hugging-face.ts";
import { toJsonText } from "../files.ts";

/** The ids that a model file must name; `stop` is ours and ends a reply like `eos`. */
export interface EndingIds {
  readonly sos: number;
  readonly eos: number;
  readonly pad: number;
  readonly stop: number;
}

/** How a model samples unless a request says otherwise. */
export interface GenerationDefaults {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 is off. */
  readonly topK: number;
  /** 1 is off. */
  readonly topP: number;
  /** 0 is off. */
  readonly minP: number;
  /** 1 is off. */
  readonly repetitionPenalty: number;
  readonly maxTokens: number;
}

/**
 * Small models wander at temperature 1 and always say the same when greedy. A repetition
 * penalty takes from them the few words they know: with 1.1 the starter answered "Who are
 * you?" with the licence once "I am Zero" stood in the chat.
 */
export const DEFAULT_GENERATION: GenerationDefaults = {
  temperature: 0.5,
  topK: 40,
  topP: 0.95,
  minP: 0,
  repetitionPenalty: 1,
  maxTokens: 200,
};

export function toConfigJson(config: ModelConfig, ids: EndingIds): string {
  return toJsonText({
    ...toHuggingFace(config),
    bos_token_id: ids.sos,
    eos_token_id: ids.eos,
    pad_token_id: ids.pad,
    use_cache: true,
  });
}

export function toGenerationConfigJson(
  ids: EndingIds,
  defaults: GenerationDefaults = DEFAULT_GENERATION,
): string {
  return toJsonText({
    bos_token_id: ids.sos,
    eos_token_id: [ids.eos, ids.stop], // transformers.js ends at any of these
    pad_token_id: ids.pad,
    do_sample: defaults.temperature > 0,
    ...(defaults.temperature > 0 && { temperature: defaults.temperature }),
    top_k: defaults.topK,
    top_p: defaults.topP,
    ...(defaults.minP > 0 && { min_p: defaults.minP }),
    repetition_penalty: defaults.repetitionPenalty,
    max_new_tokens: defaults.maxTokens,
  });
}

/** Only what we use; a foreign file may say much more. */
const GenerationConfig = z.looseObject({
  do_sample: z.boolean().default(true),
  temperature: z.number().nonnegative().optional(),
  top_k: z.int().nonnegative().optional(),
  top_p: z.number().min(0).max(1).optional(),
  min_p: z.number().min(0).max(1).optional(),
  repetition_penalty: z.number().positive().optional(),
  max_new_tokens: z.int().positive().optional(),
});

/** @throws HintedError naming the field; `source` is the file, for the message. */
export function fromGenerationConfig(json: unknown, source: string): GenerationDefaults {
  const parsed = GenerationConfig.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HintedError(`${source}: ${issue?.path.join(".")}: ${issue?.message}.`, {
      hint: "Correct the value, or export the model again.",
      cause: parsed.error,
    });
  }
  const file = parsed.data;
  const or = DEFAULT_GENERATION;
  return {
    temperature: file.do_sample ? (file.temperature ?? or.temperature) : 0,
    topK: file.top_k ?? or.topK,
    topP: file.top_p ?? or.topP,
    minP: file.min_p ?? or.minP,
    repetitionPenalty: file.repetition_penalty ?? or.repetitionPenalty,
    maxTokens: file.max_new_tokens ?? or.maxTokens,
  };
}
