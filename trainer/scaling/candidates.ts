/**
 * What each preset would read in the time there is, with the vocabulary that
 * suits it: the arithmetic of the training plan, for trainings that nobody
 * has started.
 */

import { configOfPreset, PRESETS, type ModelConfig } from "../../src/core/model/config.ts";
import { nonEmbeddingCount } from "../../src/core/model/parameters.ts";
import { TRAIN_SHARE } from "../data/split.ts";
import { trainedPart, WHOLE_MODEL } from "../model/trained-part.ts";
import { OFTEN_ENOUGH } from "../tokenizer/compression-report.ts";
import type { Layout } from "../train/layout.ts";
import { STEP_TOKENS } from "../train/options.ts";
import { makePlan } from "../train/plan.ts";
import type { Corpus, CorpusVocabulary } from "./corpus.ts";
import type { Scale } from "./law.ts";

/**
 * Outside the embedding, for each byte of different text. The law knows nothing of learning by
 * heart: for little text and long trainings it would go on taking larger models for ever. At 1.8
 * in Shakespeare's 1.0 MB the figures still hold (experiments/LOG.md); the limit itself is a rule
 * of thumb.
 */
const MOST_PARAMETERS_A_BYTE = 3;

/** What of a machine decides how much it reads. */
export interface Machine {
  /** Floating-point operations a second of plain products, in the shapes of a preset. */
  readonly rates: ReadonlyMap<string, number>;
  /** Bytes that a training can have. */
  readonly memory: number;
  readonly layoutOf: (config: ModelConfig) => Layout;
}

export interface Candidate {
  readonly preset: string;
  readonly vocabSize: number;
  /** All of them, the embedding too. */
  readonly parameters: number;
  readonly tokensPerSecond: number;
  readonly tokens: number;
  readonly epochs: number;
  readonly fitsIntoMemory: boolean;
  /** Too small to learn the text by heart, or the smallest there is. */
  readonly suitsText: boolean;
  readonly scale: Scale;
}

/** Every preset, each with its best vocabulary. */
export function candidatesOf(corpus: Corpus, machine: Machine, minutes: number): Candidate[] {
  const vocabularies = corpus.vocabularies.filter((one) => isLearnable(one, corpus));
  const candidates = Object.keys(PRESETS).map((preset) =>
    vocabularies
      .map((vocabulary) => candidateOf(preset, vocabulary, corpus, machine, minutes))
      .reduce((best, one) => (one.scale.bytes > best.scale.bytes ? one : best)),
  );
  const smallest = Math.min(...candidates.map(({ scale }) => scale.parameters));
  return candidates.map((one) => ({ ...one, suitsText: suits(one.scale, smallest) }));
}

function suits({ parameters, uniqueBytes }: Scale, smallest: number): boolean {
  return parameters <= Math.max(smallest, MOST_PARAMETERS_A_BYTE * uniqueBytes);
}

/** The text to learn from holds each of its tokens often enough; of bytes there is nothing to learn. */
function isLearnable({ rarestPerByte }: CorpusVocabulary, { bytes }: Corpus): boolean {
  return rarestPerByte * bytes * TRAIN_SHARE >= OFTEN_ENOUGH;
}

/** The best vocabulary is the one that reads most: more text a token, for more arithmetic. */
function candidateOf(
  preset: string,
  { vocabSize, bytesPerToken }: CorpusVocabulary,
  corpus: Corpus,
  { rates, memory, layoutOf }: Machine,
  minutes: number,
): Omit<Candidate, "suitsText"> {
  const config = configOfPreset(preset, { vocabSize });
  const gemmRate = rates.get(preset);
  if (gemmRate === undefined) throw new RangeError(`Nobody has measured ${preset}.`);
  const uniqueBytes = corpus.bytes * TRAIN_SHARE;
  const epochTokens = uniqueBytes / bytesPerToken;
  const { parameters, tokensPerSecond, tokens, memoryBytes } = makePlan({
    config,
    part: trainedPart(config, WHOLE_MODEL),
    budget: { minutes },
    stepTokens: STEP_TOKENS,
    layout: layoutOf(config),
    epochTokens,
    gemmRate,
  });
  return {
    preset,
    vocabSize,
    parameters,
    tokensPerSecond,
    tokens,
    epochs: tokens / epochTokens,
    fitsIntoMemory: memoryBytes <= memory,
    scale: {
      parameters: nonEmbeddingCount(config),
      bytes: tokens * bytesPerToken,
      uniqueBytes,
    },
  };
}
