/** How the micro-batches of a step lie on the machine: how many at a time, and how large. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { rowsOf } from "./batch-values.ts";

export interface Layout {
  /** Micro-batches computed at the same time, each with gradients of its own. */
  readonly lanes: number;
  /** Tokens of one. */
  readonly microTokens: number;
}

/** Larger models keep both cores busy within one product, and another set of gradients costs more. */
const MOST_PARAMETERS_FOR_LANES = 64e6;
/** Measured from 256 to 2048, alone and in lanes (experiments/LOG.md): flat around these. */
const LANE_TOKENS = 512;
const SINGLE_TOKENS = 1024;

/** A lane a thread where that is faster. The official binding, and a graphics card, run one graph at a time. */
export function defaultLayout(
  runtime: Pick<Runtime, "kind" | "device">,
  config: ModelConfig,
  { threads, stepTokens }: { readonly threads: number; readonly stepTokens: number },
): Layout {
  const microBatches = Math.max(1, Math.floor(stepTokens / Math.max(LANE_TOKENS, config.context)));
  const lanes = Math.min(threads, microBatches);
  const runsSideBySide = runtime.kind === "in-place" && runtime.device === "cpu";
  const isWorthIt = runsSideBySide && parameterCount(config) <= MOST_PARAMETERS_FOR_LANES;
  return lanes > 1 && isWorthIt
    ? { lanes, microTokens: LANE_TOKENS }
    : { lanes: 1, microTokens: Math.min(SINGLE_TOKENS, stepTokens) };
}

/** As they are run: a micro-batch of whole rows, a step of whole micro-batches. */
export function wholeSizes(
  stepTokens: number,
  { microTokens }: Pick<Layout, "microTokens">,
  config: Pick<ModelConfig, "context">,
): { readonly stepTokens: number; readonly microTokens: number } {
  const whole = rowsOf(microTokens, config) * config.context;
  return { microTokens: whole, stepTokens: Math.max(1, Math.round(stepTokens / whole)) * whole };
}
