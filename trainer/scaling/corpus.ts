/**
 * What a corpus is to a training: how much text, and in how few tokens a
 * vocabulary of each size says it. One reading, in bounded memory: the
 * vocabularies are learnt from an even sample.
 */

import type { Message } from "../../src/core/chat/conversation.ts";
import { conversationParts } from "../../src/core/chat/template.ts";
import { SMALLEST_VOCABULARY } from "../../src/core/tokenizer/definition.ts";
import { readConversations } from "../data/read-conversations.ts";
import { vocabularyPoint, type VocabularyPoint } from "../tokenizer/compression-report.ts";
import { trainWithReport, type TokenizerProgress } from "../tokenizer/train-tokenizer.ts";
import { EvenSample } from "./even-sample.ts";

/** Nothing but bytes, and what models of the presets' sizes can make use of. */
const SIZES = [SMALLEST_VOCABULARY, 512, 1024, 2048, 4096, 8192, 16_384];
/** Text that the vocabularies are learnt from: seconds. */
const SAMPLE_BYTES = 4e6;

export interface Corpus {
  readonly conversations: number;
  /** Of text. */
  readonly bytes: number;
  /** The sizes that the sample has enough patterns for. */
  readonly vocabularies: readonly CorpusVocabulary[];
}

export interface CorpusVocabulary {
  readonly vocabSize: number;
  /** Special tokens, which spell no bytes, counted too. */
  readonly bytesPerToken: number;
  /** How often the rarest token comes in a byte of text; infinite without merges. */
  readonly rarestPerByte: number;
}

/** The corpus in a vocabulary that is given, of whatever size: judged by the nearest that was looked at. */
export function withVocabulary(corpus: Corpus, vocabSize: number): Corpus {
  const distance = (one: CorpusVocabulary) => Math.abs(Math.log(one.vocabSize / vocabSize));
  const nearest = corpus.vocabularies.reduce((best, one) =>
    distance(one) < distance(best) ? one : best,
  );
  return { ...corpus, vocabularies: [{ ...nearest, vocabSize, rarestPerByte: Infinity }] };
}

export interface ReadCorpusOptions {
  readonly signal?: AbortSignal;
  readonly sampleBytes?: number;
  readonly onConversation?: (conversations: number) => void;
  readonly onLearning?: (progress: TokenizerProgress) => void;
}

/** @throws HintedError if there is no text in it */
export async function readCorpus(
  files: readonly string[],
  { signal, sampleBytes = SAMPLE_BYTES, onConversation, onLearning }: ReadCorpusOptions = {},
): Promise<Corpus> {
  const sample = new EvenSample<readonly Message[]>(sampleBytes);
  let conversations = 0;
  let bytes = 0;
  for await (const { conversation } of readConversations(files, {}, "judging")) {
    signal?.throwIfAborted();
    const { messages } = conversation;
    const length = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    sample.add(messages, length);
    bytes += length;
    conversations++;
    onConversation?.(conversations);
  }
  const { learnt, pieces, tokenizer } = await trainWithReport({
    texts: sample.items.flatMap((messages) => messages.map(({ content }) => content)),
    vocabSize: Math.max(...SIZES),
    signal,
    onProgress: onLearning,
  });
  const specials = specialsIn(sample.items) / pieces.bytes;
  const vocabularies = SIZES.filter((size) => size <= tokenizer.vocabSize).map((size) =>
    inCorpus(vocabularyPoint(learnt, size), pieces.bytes, specials),
  );
  return { conversations, bytes, vocabularies };
}

/** Special tokens that the template adds. */
function specialsIn(conversations: readonly (readonly Message[])[]): number {
  return conversations.flatMap(conversationParts).filter((part) => "special" in part).length;
}

function inCorpus(
  { vocabSize, bytesPerToken, rarest }: VocabularyPoint,
  sampleBytes: number,
  specialsPerByte: number,
): CorpusVocabulary {
  return {
    vocabSize,
    bytesPerToken: 1 / (1 / bytesPerToken + specialsPerByte),
    rarestPerByte: rarest / sampleBytes,
  };
}
