/**
 * The mean of several models' weights. Runs that began with the same weights
 * lie in one basin: their mean is about as good as all of them together, and
 * better than each alone (Wortsman et al., "Model soups", 2022, section 3).
 */

import type { Tensor } from "../../src/core/experiment/safetensors.ts";

/** Fills `mean`; every model has its tensors, of the same sizes. */
export function averageWeights(
  models: readonly ReadonlyMap<string, Pick<Tensor, "data">>[],
  mean: ReadonlyMap<string, { readonly data: Float32Array }>,
): void {
  for (const [name, { data }] of mean) {
    const all = models.map((model) => model.get(name)!.data);
    for (let i = 0; i < data.length; i++) {
      let sum = 0;
      for (const one of all) sum += one[i];
      data[i] = sum / all.length;
    }
  }
}
