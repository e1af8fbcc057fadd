/** A machine and a corpus of round numbers, for advice that needs no measuring. */

import { PRESETS } from "../../../src/core/model/config.ts";
import type { Machine } from "../../../trainer/scaling/candidates.ts";
import type { Corpus } from "../../../trainer/scaling/corpus.ts";

export function madeUpMachine(changes: Partial<Machine> = {}): Machine {
  return {
    rates: new Map(Object.keys(PRESETS).map((preset) => [preset, 100e9])),
    memory: 16e9,
    layoutOf: () => ({ lanes: 2, microTokens: 512 }),
    ...changes,
  };
}

export function madeUpCorpus(changes: Partial<Corpus> = {}): Corpus {
  return {
    conversations: 20_000,
    bytes: 16e6,
    vocabularies: [
      { vocabSize: 262, bytesPerToken: 0.97, rarestPerByte: Infinity },
      { vocabSize: 1024, bytesPerToken: 2.59, rarestPerByte: 1e-4 },
      { vocabSize: 2048, bytesPerToken: 2.98, rarestPerByte: 3e-5 },
      { vocabSize: 4096, bytesPerToken: 3.27, rarestPerByte: 1e-5 },
      { vocabSize: 8192, bytesPerToken: 3.49, rarestPerByte: 3e-6 },
    ],
    ...changes,
  };
}
