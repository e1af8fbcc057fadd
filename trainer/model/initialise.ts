/**
 * Starting weights: normal with standard deviation 0.02, the projections that
 * write into the residual stream scaled down by 1 / sqrt(2 layers) (Radford
 * et al., GPT-2, 2019, section 2.3), norms at one.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { layerNames } from "../../src/core/model/parameters.ts";
import type { Random } from "../../src/core/random.ts";
import type { ParameterBlock } from "./parameter-store.ts";

const STANDARD_DEVIATION = 0.02;

export function initialiseWeights(
  block: ParameterBlock,
  config: ModelConfig,
  random: Random,
): void {
  const residual = new Set<string>(
    Array.from({ length: config.layers }, (_, layer) => layerNames(layer)).flatMap((names) => [
      names.output,
      names.down,
    ]),
  );
  for (const [name, { data, shape }] of block.values) {
    if (shape.length === 1) {
      data.fill(1);
      continue;
    }
    const scale = residual.has(name) ? 1 / Math.sqrt(2 * config.layers) : 1;
    for (let i = 0; i < data.length; i++) {
      data[i] = random.normal() * STANDARD_DEVIATION * scale;
    }
  }
}
