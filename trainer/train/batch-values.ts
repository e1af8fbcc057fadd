/** A batch in the memory that the graphs read: allocated once, filled for every run. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime, Value } from "../../src/core/onnxruntime/runtime.ts";
import type { Batch } from "../data/batch.ts";

export interface BatchValues {
  readonly values: {
    /** [rows * context] */
    readonly tokens: Value<"int64">;
    /** [rows * context, 1] */
    readonly targets: Value<"int64">;
    /** [rows, context] */
    readonly segments: Value<"int32">;
  };
}

export function allocateBatchValues(runtime: Runtime, rows: number, context: number): BatchValues {
  const count = rows * context;
  return {
    values: {
      tokens: runtime.value(runtime.allocate("int64", count), [count]),
      targets: runtime.value(runtime.allocate("int64", count), [count, 1]),
      segments: runtime.value(runtime.allocate("int32", count), [rows, context]),
    },
  };
}

/** The rows of a batch of about so many tokens; at least one. */
export function rowsOf(tokens: number, { context }: Pick<ModelConfig, "context">): number {
  return Math.max(1, Math.round(tokens / context));
}

export function fillBatchValues({ values }: BatchValues, batch: Batch): void {
  const count = batch.rows * batch.context;
  if (count !== values.tokens.data.length) {
    throw new Error(`A batch of ${count} positions does not fit ${values.tokens.data.length}`);
  }
  for (let i = 0; i < count; i++) {
    values.tokens.data[i] = BigInt(batch.tokens[i]);
    values.targets.data[i] = BigInt(batch.targets[i]);
  }
  values.segments.data.set(batch.segments);
}
