/** How fast this machine multiplies what each preset multiplies, and how much room there is. */

import { availableParallelism } from "node:os";

import { configOfPreset, PRESETS, type ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { bestGemmRate } from "../train/gemm-rate.ts";
import { defaultLayout } from "../train/layout.ts";
import { freeMemory } from "../train/memory.ts";
import { STEP_TOKENS } from "../train/options.ts";
import type { Machine } from "./candidates.ts";

/** Enough columns for the best rate there is; a larger head only takes longer. */
const VOCABULARY = 2048;
/** Runs of each product shape: a second for all presets. */
const REPEATS = 4;

export interface MeasureOptions {
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly onPreset: (preset: string) => void;
}

export async function measureMachine(
  runtime: Runtime,
  { threads = availableParallelism(), signal, onPreset }: MeasureOptions,
): Promise<Machine> {
  const layoutOf = (config: ModelConfig) =>
    defaultLayout(runtime, config, { threads, stepTokens: STEP_TOKENS });
  const rates = new Map<string, number>();
  for (const preset of Object.keys(PRESETS)) {
    signal.throwIfAborted();
    onPreset(preset);
    const config = configOfPreset(preset, { vocabSize: VOCABULARY });
    const { lanes, microTokens } = layoutOf(config);
    const options = { tokens: lanes * microTokens, threads, repeats: REPEATS };
    rates.set(preset, await bestGemmRate(runtime, config, options));
  }
  return { rates, memory: freeMemory(), layoutOf };
}
