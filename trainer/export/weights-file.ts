/**
 * `model.safetensors`: the weights in the shapes that config.json beside them
 * says, where every layer is as wide as the widest one.
 *
 * A narrower layer fills the top left corner of its matrices; the rest is
 * zeros. That is exact: a unit whose row of `up` is zero says 0 whatever the
 * activation, and its column of `down` passes nothing on. Training keeps it
 * so, for the gradients of such rows and columns are zero as well.
 */

import {
  readSafetensorsInto,
  writeSafetensors,
  type Tensor,
} from "../../src/core/experiment/safetensors.ts";
import { widestFeedForward, type ModelConfig } from "../../src/core/model/config.ts";
import { parameterSpecs, sizeOf, type ParameterSpec } from "../../src/core/model/parameters.ts";

export async function writeWeightsFile(
  path: string,
  config: ModelConfig,
  weights: ReadonlyMap<string, Tensor>,
  dtype: "F32" | "F16",
): Promise<void> {
  const tensors = shapesInFile(config).map(({ name, shape }) => {
    const weight = weights.get(name)!;
    if (isOfShape(weight, shape)) return [name, weight] as const;
    const padded = { shape, data: new Float32Array(sizeOf(shape)) };
    copyCorner(weight, padded);
    return [name, padded] as const;
  });
  await writeSafetensors(path, tensors, { dtype });
}

/** Fills `weights`, which has the model's own shapes. @throws HintedError if the file is of another model. */
export async function readWeightsFile(
  path: string,
  config: ModelConfig,
  weights: ReadonlyMap<string, Tensor>,
): Promise<void> {
  const targets = shapesInFile(config).map(({ name, shape }) => {
    const weight = weights.get(name)!;
    const data = isOfShape(weight, shape) ? weight.data : new Float32Array(sizeOf(shape));
    return [name, { shape, data }] as const;
  });
  await readSafetensorsInto(path, new Map(targets));
  for (const [name, tensor] of targets) {
    const weight = weights.get(name)!;
    if (tensor.data !== weight.data) copyCorner(tensor, weight);
  }
}

function shapesInFile(config: ModelConfig): ParameterSpec[] {
  return parameterSpecs({ ...config, ffnWidth: widestFeedForward(config) });
}

function isOfShape(tensor: Tensor, shape: readonly number[]): boolean {
  return tensor.shape.join() === shape.join();
}

/** What two matrices [rows, columns] have both room for. */
function copyCorner(from: Tensor, to: Tensor): void {
  const [rows, columns] = from.shape.map((size, axis) => Math.min(size, to.shape[axis]));
  for (let row = 0; row < rows; row++) {
    const start = row * from.shape[1];
    to.data.set(from.data.subarray(start, start + columns), row * to.shape[1]);
  }
}
