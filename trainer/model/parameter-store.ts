/**
 * The numbers of a model in training: each kind (weights, gradients, moments)
 * is one flat block, and every parameter is a view into it. ONNX Runtime
 * reads and writes the blocks in place.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import {
  parameterSpecs,
  sizeOf,
  type ParameterSpec,
  type Weights,
} from "../../src/core/model/parameters.ts";
import type { Memory, Runtime, Value } from "../../src/core/onnxruntime/runtime.ts";

/** Views start at multiples of 64 bytes. */
const ALIGNMENT = 16;

export interface ParameterBlock {
  readonly memory: Memory<"float32">;
  /** By parameter name, in the order of `parameterSpecs`. */
  readonly values: ReadonlyMap<string, Value<"float32">>;
}

export interface ParameterLayout {
  readonly specs: readonly (ParameterSpec & { readonly offset: number })[];
  /** Elements of a block, gaps included; the gaps stay zero. */
  readonly length: number;
}

/** Where the parameters of a model, or any others, lie in a block. */
export function parameterLayout(
  config: ModelConfig,
  parameters: readonly ParameterSpec[] = parameterSpecs(config),
): ParameterLayout {
  let offset = 0;
  const specs = parameters.map((spec) => {
    const placed = { ...spec, offset };
    offset += Math.ceil(sizeOf(spec.shape) / ALIGNMENT) * ALIGNMENT;
    return placed;
  });
  return { specs, length: offset };
}

export function allocateBlock(runtime: Runtime, layout: ParameterLayout): ParameterBlock {
  const memory = runtime.allocate("float32", layout.length);
  const values = new Map(
    layout.specs.map(({ name, shape, offset }) => [name, runtime.value(memory, shape, offset)]),
  );
  return { memory, values };
}

/** Without the adapters that may lie behind them. */
export function ownWeights(
  config: ModelConfig,
  { values }: ParameterBlock,
): Map<string, Value<"float32">> {
  return new Map(parameterSpecs(config).map(({ name }) => [name, values.get(name)!]));
}

/** The block as plain arrays by name; views, not copies. */
export function weightsOf(block: ParameterBlock): Weights {
  return new Map([...block.values].map(([name, value]) => [name, value.data]));
}

/** The values under the names that a graph gives them. */
export function namedValues(
  block: ParameterBlock,
  nameOf: (parameter: string) => string = (parameter) => parameter,
): Record<string, Value> {
  return Object.fromEntries([...block.values].map(([name, value]) => [nameOf(name), value]));
}
