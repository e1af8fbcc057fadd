/** How fast two models decode, measured in turns, so that whatever else the machine does hits both. */

import type { Decoder } from "../../src/core/decoder/decoder.ts";

const ROUNDS = 5;
const TOKENS = 24;

/** Tokens a second of each, and by how much the second is faster: the middle one of all rounds. */
export interface Speeds {
  readonly champion: number;
  readonly candidate: number;
  readonly ratio: number;
}

/** @param now milliseconds */
export async function measureSpeeds(
  champion: Decoder,
  candidate: Decoder,
  now: () => number,
  signal?: AbortSignal,
): Promise<Speeds> {
  const rounds: Speeds[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    signal?.throwIfAborted();
    const [first, second] = [await rateOf(champion, now), await rateOf(candidate, now)];
    if (round > 0) rounds.push({ champion: first, candidate: second, ratio: second / first }); // the first warms up
  }
  const middle = (key: keyof Speeds) =>
    rounds.map((one) => one[key]).sort((a, b) => a - b)[ROUNDS >> 1];
  return { champion: middle("champion"), candidate: middle("candidate"), ratio: middle("ratio") };
}

async function rateOf(decoder: Decoder, now: () => number): Promise<number> {
  const count = Math.min(TOKENS, decoder.context);
  const start = now();
  for (let position = 0; position < count; position++) await decoder.read(0, position, [position]);
  return (1000 * count) / (now() - start);
}
