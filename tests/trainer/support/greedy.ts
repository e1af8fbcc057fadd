/** The likeliest token again and again, by our own decoder. */

import { onTestFinished } from "vitest";

import type { ModelConfig } from "../../../src/core/model/config.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { openOnnxDecoder } from "../../../src/core/decoder/onnx-decoder.ts";

export async function greedyIds(
  model: Uint8Array,
  config: ModelConfig,
  prompt: readonly number[],
  count: number,
): Promise<number[]> {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  const decoder = await openOnnxDecoder(runtime, model, config, { slots: 1, threads: 1 });
  onTestFinished(() => decoder.dispose());
  const ids: number[] = [];
  let logits = await decoder.read(0, 0, [...prompt]);
  while (ids.length < count) {
    ids.push(logits.indexOf(Math.max(...logits)));
    logits = await decoder.read(0, prompt.length + ids.length - 1, [ids.at(-1)!]);
  }
  return ids;
}
