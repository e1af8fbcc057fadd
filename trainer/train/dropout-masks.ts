/** The chance of dropout, in the memory that the training graph reads. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime, Value } from "../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../src/core/random.ts";
import { dropoutNames } from "../model/transformer.ts";

export interface DropoutValues {
  /** By the names of the graph's inputs. */
  readonly values: Readonly<Record<string, Value<"float32">>>;
  readonly rate: number;
}

/** Nothing where the rate is 0: the graph has no such inputs then. */
export function allocateDropout(
  runtime: Runtime,
  { layers, width }: ModelConfig,
  tokens: number,
  rate: number,
): DropoutValues {
  const mask = () => runtime.value(runtime.allocate("float32", tokens * width), [tokens, width]);
  const names = Array.from({ length: rate > 0 ? layers : 0 }, (_, layer) =>
    Object.values(dropoutNames(layer)),
  );
  return { values: Object.fromEntries(names.flat().map((name) => [name, mask()])), rate };
}

/** The same seed leaves out the same numbers. */
export function fillDropout({ values, rate }: DropoutValues, seed: number): void {
  const random = new Random(seed);
  const kept = 1 / (1 - rate);
  for (const { data } of Object.values(values)) {
    for (let i = 0; i < data.length; i++) data[i] = random.next() < rate ? 0 : kept;
  }
}
