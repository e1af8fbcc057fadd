/**
 * How fast two models decode, token by token in turns: whatever else the
 * machine does hits both. It can only make a token slower, so the quickest
 * tenth of the tokens tells what the model takes by itself.
 */

import type { Decoder } from "../../src/core/decoder/decoder.ts";

const TOKENS = 150;
const QUICKEST = 0.1;

/** Tokens a second. */
export interface Speeds {
  readonly champion: number;
  readonly candidate: number;
}

/** @param now milliseconds */
export async function measureSpeeds(
  champion: Decoder,
  candidate: Decoder,
  now: () => number,
  signal?: AbortSignal,
): Promise<Speeds> {
  const context = Math.min(champion.context, candidate.context);
  const times: { champion: number[]; candidate: number[] } = { champion: [], candidate: [] };
  const time = async (decoder: Decoder, position: number) => {
    const start = now();
    await decoder.read(0, position, [position % decoder.vocabSize]);
    return now() - start;
  };
  for (let i = 0; i < TOKENS; i++) {
    signal?.throwIfAborted();
    times.champion.push(await time(champion, i % context));
    times.candidate.push(await time(candidate, i % context));
  }
  return { champion: rateOf(times.champion), candidate: rateOf(times.candidate) };
}

function rateOf(times: readonly number[]): number {
  const ordered = times.toSorted((a, b) => a - b);
  return 1000 / ordered[Math.floor(QUICKEST * times.length)];
}
