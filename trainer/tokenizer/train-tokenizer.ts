/**
 * From texts to a tokenizer of the size asked for, or smaller where the texts
 * hold too few patterns.
 */

import { HintedError } from "../../src/core/errors.ts";
import { chatTokenizerOf } from "../../src/core/tokenizer/byte-pair-tokenizer.ts";
import { ourDefinition, SMALLEST_VOCABULARY } from "../../src/core/tokenizer/definition.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { countPieces, type PieceCounts } from "./count-pieces.ts";
import { learnMerges, type LearntMerges } from "./learn-merges.ts";

export interface TrainTokenizerOptions {
  readonly texts: AsyncIterable<string> | Iterable<string>;
  readonly vocabSize: number;
  readonly normalize?: "NFC" | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TokenizerProgress) => void) | undefined;
}

export type TokenizerProgress =
  | { readonly stage: "count"; readonly texts: number; readonly bytes: number }
  | { readonly stage: "merge"; readonly merges: number; readonly wanted: number };

/** @throws HintedError if the vocabulary cannot hold the bytes, or there is no text at all */
export async function trainTokenizer(options: TrainTokenizerOptions): Promise<ChatTokenizer> {
  return (await trainWithReport(options)).tokenizer;
}

export interface TrainedTokenizer {
  readonly tokenizer: ChatTokenizer;
  readonly pieces: PieceCounts;
  readonly learnt: LearntMerges;
}

/** The same, with what was seen on the way. */
export async function trainWithReport({
  texts,
  vocabSize,
  normalize,
  signal,
  onProgress,
}: TrainTokenizerOptions): Promise<TrainedTokenizer> {
  requireVocabSize(vocabSize);
  const pieces = await countPieces(texts, {
    normalize,
    signal,
    onText: onProgress && ((seen) => onProgress({ stage: "count", ...seen })),
  });
  if (pieces.bytes === 0) {
    throw new HintedError("The data holds no text to learn a tokenizer from.", {
      hint: "Check that the messages of the conversations have content.",
    });
  }
  const wanted = vocabSize - SMALLEST_VOCABULARY;
  const learnt = await learnMerges(pieces.counts, {
    vocabSize,
    signal,
    onMerge: onProgress && ((merges) => onProgress({ stage: "merge", merges, wanted })),
  });
  const tokenizer = chatTokenizerOf(ourDefinition(learnt.pairs, normalize));
  return { tokenizer, pieces, learnt };
}

/** @throws HintedError if the bytes and the special tokens alone need more */
export function requireVocabSize(vocabSize: number): void {
  if (vocabSize >= SMALLEST_VOCABULARY && Number.isInteger(vocabSize)) return;
  throw new HintedError(`A vocabulary of ${vocabSize} tokens is too small.`, {
    hint: `It starts with the 256 bytes and 6 special tokens: ask for at least ${SMALLEST_VOCABULARY}.`,
  });
}
