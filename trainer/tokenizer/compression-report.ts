/**
 * How well a vocabulary compresses the corpus it was learnt from, at each
 * size on the way, and which size suits which model.
 *
 * The sizes on the way cost nothing to know: a smaller vocabulary is the
 * first merges of a larger one.
 */

import { formatBytes } from "../../src/core/cli/console.ts";
import { configOfPreset, PRESETS } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import { SMALLEST_VOCABULARY } from "../../src/core/tokenizer/definition.ts";
import type { LearntMerges } from "./learn-merges.ts";
import type { TrainedTokenizer } from "./train-tokenizer.ts";

/** Above this share of the parameters the embedding starves the layers that think. */
const LARGEST_SHARE = 1 / 3;
/** Tokens met a dozen times still pay (experiments/LOG.md); rarer ones gain next to nothing. */
export const OFTEN_ENOUGH = 10;
const SHOWN_PRESETS = ["nano", "micro", "mini", "small"] as const;

/** What the first so many tokens of a vocabulary do. */
export interface VocabularyPoint {
  readonly vocabSize: number;
  readonly bytesPerToken: number;
  /** How often the rarest of their merges was seen; infinite without merges. */
  readonly rarest: number;
}

export interface CompressionReport {
  readonly vocabSize: number;
  readonly merges: number;
  readonly texts: number;
  readonly bytes: number;
  /** Of the corpus with this vocabulary. */
  readonly tokens: number;
  readonly bytesPerToken: number;
  /** How often the rarest merge was seen in the corpus; nothing without merges. */
  readonly rarest: number | undefined;
  readonly curve: readonly Pick<VocabularyPoint, "vocabSize" | "bytesPerToken">[];
}

/** At a size on the way, which a smaller training would have ended with. */
export function vocabularyPoint(
  { tokensAfter }: Pick<LearntMerges, "tokensAfter">,
  vocabSize: number,
): VocabularyPoint {
  const after = tokensAfter.slice(0, vocabSize - SMALLEST_VOCABULARY + 1);
  const counted = after[0]; // the bytes of all pre-tokens that were counted
  const bytesPerToken = counted === 0 ? 1 : counted / after[after.length - 1];
  let rarest = Infinity;
  for (let i = 1; i < after.length; i++) rarest = Math.min(rarest, after[i - 1] - after[i]);
  return { vocabSize, bytesPerToken, rarest };
}

export function toCompressionReport({
  tokenizer,
  pieces,
  learnt,
}: TrainedTokenizer): CompressionReport {
  const { pairs, tokensAfter, rarest } = learnt;
  const bytesPerToken = (size: number) => vocabularyPoint(learnt, size).bytesPerToken;
  const { vocabSize } = tokenizer;
  const sizes = [vocabSize];
  for (let size = 512; size < vocabSize; size *= 2) sizes.push(size);
  sizes.sort((a, b) => a - b);
  return {
    vocabSize,
    merges: pairs.length,
    texts: pieces.texts,
    bytes: pieces.bytes,
    tokens: tokensAfter[pairs.length],
    bytesPerToken: bytesPerToken(vocabSize),
    rarest: pairs.length > 0 ? rarest : undefined,
    curve: sizes.map((size) => ({ vocabSize: size, bytesPerToken: bytesPerToken(size) })),
  };
}

/** The report as people read it. */
export function describeCompression(report: CompressionReport): string {
  const { merges, texts, bytes, bytesPerToken, curve } = report;
  const header = ["vocabulary", "bytes/token", ...SHOWN_PRESETS.map((name) => `in ${name}`)];
  const rows = curve.map((point) => [
    grouped(point.vocabSize),
    point.bytesPerToken.toFixed(2),
    ...SHOWN_PRESETS.map((name) => `${Math.round(100 * embeddingShare(name, point.vocabSize))} %`),
  ]);
  return [
    `Texts: ${grouped(texts)} (${formatBytes(bytes)}). Merges: ${grouped(merges)}. Bytes a token: ${bytesPerToken.toFixed(2)}.`,
    "",
    ...[header, ...rows].map((row) => `  ${row.map((cell) => cell.padStart(11)).join("  ")}`),
    "",
    `The last columns are the embedding's share of a model's parameters; up to a third is healthy:`,
    `at most ${SHOWN_PRESETS.map((name) => `${grouped(largestFor(name))} for ${name}`).join(", ")}.`,
    ...rarityAdvice(report),
  ].join("\n");
}

function rarityAdvice({ rarest }: CompressionReport): string[] {
  if (rarest === undefined || rarest >= OFTEN_ENOUGH) return [];
  return [
    `The rarest token was seen ${rarest} times, too few to learn it well (${OFTEN_ENOUGH} is): take a smaller vocabulary or more data.`,
  ];
}

/** The largest power of two whose embedding stays below the healthy share. */
function largestFor(preset: keyof typeof PRESETS): number {
  let size = 512;
  while (embeddingShare(preset, 2 * size) <= LARGEST_SHARE) size *= 2;
  return size;
}

function embeddingShare(preset: keyof typeof PRESETS, vocabSize: number): number {
  const config = configOfPreset(preset, { vocabSize });
  return (vocabSize * config.width) / parameterCount(config);
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
