/** What the presets come to with the vocabulary that each is given. */

import { formatCount } from "../../src/core/cli/console.ts";
import { configOfPreset, PRESETS } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";

/** Small models waste their few weights on large vocabularies. */
const VOCABULARY: Record<string, number> = { nano: 2048, micro: 2048, mini: 4096 };
const LARGE_VOCABULARY = 8192;

/** Tokens of a tokenizer that is learnt for a model of this size. */
export function defaultVocabulary(preset: string): number {
  return VOCABULARY[preset] ?? LARGE_VOCABULARY;
}

/** By name, in parameters. */
export function presetSizes(): ReadonlyMap<string, number> {
  return new Map(
    Object.keys(PRESETS).map((name) => [
      name,
      parameterCount(configOfPreset(name, { vocabSize: defaultVocabulary(name) })),
    ]),
  );
}

/** `nano (1.1 M), micro (2.6 M), ... parameters`. */
export function presetsText(): string {
  const sizes = [...presetSizes()].map(([name, count]) => `${name} (${formatCount(count)})`);
  return `${sizes.join(", ")} parameters`;
}
