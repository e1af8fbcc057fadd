/**
 * Tokens a second of the decoder itself: reading, one chat, several chats.
 *
 * Rounds of everything take turns, so that a busy moment of the machine does
 * not fall on one figure; each figure is the median of its least disturbed round.
 */

import type { Decoder } from "../../core/decoder/decoder.ts";
import { medianOf } from "../../core/median.ts";
import { PROMPT_PIECE } from "../scheduler.ts";

export const PROMPT_TOKENS = 200;
const CONTEXTS = [64, 256];
const CHATS = [1, 4, 8];
const ROUNDS = 5;
const STEPS = 40;

/** Chats of one batch are of different length, as in life. */
const RAGGED = [0, 8, 16, 24, 32, 40, 48, 56];

type Rates = Record<number, number>;

export interface DecoderSpeed {
  readonly prefill: number;
  /** By the context in the middle of the steps. */
  readonly decode: Readonly<Rates>;
  /** By the number of chats, all of them together. */
  readonly batch: Readonly<Rates>;
}

export async function measureDecoder(decoder: Decoder): Promise<DecoderSpeed> {
  const contexts = CONTEXTS.filter((context) => context + STEPS / 2 <= decoder.context);
  const chats = CHATS.filter((count) => count <= decoder.slots);
  const length = Math.min(PROMPT_TOKENS, decoder.context - STEPS);
  const prefill: number[] = [];
  const decode: Rates = {};
  const batch: Rates = {};

  for (let round = 0; round < ROUNDS; round++) {
    prefill.push(await timePrompt(decoder, length));
    for (const context of contexts) {
      keepBest(decode, context, 1000 / (await timeStep(decoder, [context - STEPS / 2])));
    }
    for (const count of chats) {
      const starts = RAGGED.slice(0, count).map((shorter) => Math.max(0, length - shorter));
      keepBest(batch, count, (1000 * count) / (await timeStep(decoder, starts)));
    }
  }
  return { prefill: (1000 * length) / Math.min(...prefill), decode, batch };
}

function keepBest(rates: Rates, key: number, rate: number): void {
  rates[key] = Math.max(rate, rates[key] ?? 0);
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

/** Milliseconds of a joint step, the median of some that begin at these positions. */
async function timeStep(decoder: Decoder, starts: readonly number[]): Promise<number> {
  const times: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const tokens = starts.map((_, chat) => someToken(decoder, step + 7 * chat));
    const positions = starts.map((start) => start + step);
    const start = performance.now();
    await decoder.step(tokens, positions);
    times.push(performance.now() - start);
  }
  return medianOf(times) ?? NaN;
}

/** Spread over the vocabulary: real text does not read one row of the embedding. */
function someToken(decoder: Decoder, index: number): number {
  return (index * 2_654_435_761) % decoder.vocabSize;
}
