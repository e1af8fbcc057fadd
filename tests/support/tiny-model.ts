/** A model of two layers that exercises everything a large one does, and decoders over it. */

import { onTestFinished } from "vitest";

import { ModelConfig } from "../../src/core/model/config.ts";
import { buildDecoderGraph } from "../../src/core/onnx/decoder-graph.ts";
import { openRuntime, type Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { Decoder } from "../../src/core/decoder/decoder.ts";
import { openOnnxDecoder } from "../../src/core/decoder/onnx-decoder.ts";
import { randomWeights } from "../../src/generate/random-model.ts";

export const TINY: ModelConfig = ModelConfig.parse({
  vocabSize: 300,
  width: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  ffnWidth: 96,
  context: 96,
});

export const RUNTIMES = ["in-place", "binding"] as const;
export type RuntimeKind = (typeof RUNTIMES)[number];

export async function runtimeOf(kind: RuntimeKind): Promise<Runtime> {
  const runtime = await openRuntime({ environment: { LFZ_ORT: kind } });
  onTestFinished(() => runtime.dispose());
  return runtime;
}

export async function tinyDecoder(
  options: { kind?: RuntimeKind; slots?: number; config?: ModelConfig; model?: Uint8Array } = {},
): Promise<Decoder> {
  const { kind = "in-place", slots = 4, config = TINY } = options;
  const model = options.model ?? buildDecoderGraph(config, randomWeights(config, 1));
  const runtime = await runtimeOf(kind);
  const decoder = await openOnnxDecoder(runtime, model, config, { slots, threads: 1 });
  onTestFinished(() => decoder.dispose());
  return decoder;
}

/** Ids that are no special tokens, different for each `start`. */
export function someIds(count: number, start = 0): number[] {
  return Array.from({ length: count }, (_, index) => 6 + (((start + index) * 37) % 290));
}
