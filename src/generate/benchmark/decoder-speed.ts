/**
 * Tokens a second of the decoder itself: reading, one chat, several chats.
 *
 * Rounds of everything take turns, so that a busy moment of the machine does
 * not fall on one figure; each figure is a median.
 */

import type { Decoder } from "../../core/decoder/decoder.ts";
import { PROMPT_PIECE } from "../scheduler.ts";

export const PROMPT_TOKENS = 200;
const CONTEXTS = [64, 256];
const CHATS = [1, 4, 8];
const ROUNDS = 5;
const STEPS = 40;

/** Chats of one batch are of different length, as in life. */
const RAGGED = [0, 8, 16, 24, 32, 40, 48, 56];

export interface DecoderSpeed {
  readonly prefill: number;
  /** By the context in the middle of the steps. */
  readonly decode: Readonly<Record<string, number>>;
  /** By the number of chats, all of them together. */
  readonly batch: Readonly<Record<string, number>>;
}

export async function measureDecoder(decoder: Decoder): Promise<DecoderSpeed> {
  const contexts = CONTEXTS.filter((context) => context + STEPS / 2 <= decoder.context);
  const chats = CHATS.filter((count) => count <= decoder.slots);
  const length = Math.min(PROMPT_TOKENS, decoder.context - STEPS);
  const prefill: number[] = [];
  const decode = new Map<number, number[]>(contexts.map((context) => [context, []]));
  const batch = new Map<number, number[]>(chats.map((count) => [count, []]));

  for (let round = 0; round < ROUNDS; round++) {
    prefill.push(await timePrompt(decoder, length));
    for (const context of contexts) {
      decode.get(context)!.push(...(await timeSteps(decoder, [context - STEPS / 2])));
    }
    for (const count of chats) {
      const starts = RAGGED.slice(0, count).map((shorter) => Math.max(0, length - shorter));
      batch.get(count)!.push(...(await timeSteps(decoder, starts)));
    }
  }
  return {
    prefill: (1000 * length) / median(prefill),
    decode: ratesOf(decode, () => 1),
    batch: ratesOf(batch, (count) => count),
  };
}

/** Milliseconds for a prompt, piece by piece as it is served. */
async function timePrompt(decoder: Decoder, length: number): Promise<number> {
  const ids = Array.from({ length }, (_, index) => someToken(decoder, index));
  const start = performance.now();
  for (let position = 0; position < length; position += PROMPT_PIECE) {
    await decoder.read(0, position, ids.slice(position, position + PROMPT_PIECE));
  }
  return performance.now() - start;
}

/** Milliseconds of each of some joint steps that begin at these positions. */
async function timeSteps(decoder: Decoder, starts: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const tokens = starts.map((_, chat) => someToken(decoder, step + 7 * chat));
    const positions = starts.map((start) => start + step);
    const start = performance.now();
    await decoder.step(tokens, positions);
    times.push(performance.now() - start);
  }
  return times;
}

/** Spread over the vocabulary: real text does not read one row of the embedding. */
function someToken(decoder: Decoder, index: number): number {
  return (index * 2_654_435_761) % decoder.vocabSize;
}

function ratesOf(
  times: ReadonlyMap<number, number[]>,
  tokensOf: (key: number) => number,
): Record<string, number> {
  const rates = [...times].map(([key, values]) => [key, (1000 * tokensOf(key)) / median(values)]);
  return Object.fromEntries(rates) as Record<string, number>; // keys become strings
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
