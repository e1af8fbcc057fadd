/** Runs as a law would have them, and a fit of them. */

import { Random } from "../../../src/core/random.ts";
import { fitLaw } from "../../../trainer/scaling/fit-law.ts";
import type { FittedRun, ScalingFit } from "../../../trainer/scaling/fit-file.ts";
import { bitsPerByteOf, type ScalingLaw } from "../../../trainer/scaling/law.ts";

export const EXAMPLE_LAW: ScalingLaw = { E: 0.9, A: 30, alpha: 0.34, B: 60, beta: 0.28 };

const SIZES = { nano: 8e5, micro: 2.2e6, mini: 4.7e6 };

/** @param noise the standard deviation of the figures, as a share */
export function madeUpRuns(law: ScalingLaw, noise = 0, random = new Random(1)): FittedRun[] {
  return Object.entries(SIZES).flatMap(([preset, parameters]) =>
    [1, 2, 4].map((minutes) => {
      const bytes = (2e12 * minutes) / parameters;
      const scale = { parameters, bytes, uniqueBytes: 4e6 };
      const name = `scaling-example-${preset}-${minutes}`;
      const bitsPerByte = bitsPerByteOf(law, scale) * (1 + noise * random.normal());
      const spent = { steps: 200, tokens: Math.round(bytes / 3), seconds: 60 * minutes };
      return { name, preset, minutes, ...scale, ...spent, bitsPerByte };
    }),
  );
}

export function madeUpFit(law: ScalingLaw = EXAMPLE_LAW, noise = 0.005): ScalingFit {
  const runs = madeUpRuns(law, noise);
  return {
    schema: 1,
    created: "2026-11-25T12:00:00.000Z",
    machine: { cpu: "an example", cores: 2, memoryGb: 8, os: "Linux" },
    versions: { node: "20.0.0", lfz: "0.1.0", onnxruntime: "1.30.0" },
    corpus: { files: ["example.jsonl"], sha256: "0".repeat(64) },
    settings: { vocabSize: 2048, set: [] },
    runs,
    ...fitLaw(runs),
  };
}
