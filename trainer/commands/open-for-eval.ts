/** A model folder opened for what is evaluated: its weights for likelihoods, its exported graph for replies. */

import { readFile } from "node:fs/promises";

import type { Decoder } from "../../src/core/decoder/decoder.ts";
import { openOnnxDecoder } from "../../src/core/decoder/onnx-decoder.ts";
import type { ModelFolder } from "../../src/core/experiment/folder.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { Evaluator } from "../eval/evaluator.ts";
import { readWeightsFile } from "../export/weights-file.ts";
import { allocateBlock, parameterLayout } from "../model/parameter-store.ts";
import { weightsPathOf } from "./model-weights.ts";

/** Tokens a run of the graph, as in training. */
const MICRO_TOKENS = 1024;

interface OpenOptions {
  readonly threads?: number;
}

/** @throws HintedError if the folder has no weights to score with */
export async function openEvaluator(
  runtime: Runtime,
  model: ModelFolder,
  { threads }: OpenOptions,
): Promise<Evaluator> {
  const { config, tokenizer } = model;
  const weights = allocateBlock(runtime, parameterLayout(config));
  await readWeightsFile(weightsPathOf(model, "to score with"), config, weights.values);
  const microTokens = MICRO_TOKENS;
  return Evaluator.open(runtime, { config, weights, tokenizer, microTokens, threads });
}

/** As it is served. */
export async function openDecoder(
  runtime: Runtime,
  { onnxPath, config }: ModelFolder,
  { threads }: OpenOptions,
): Promise<Decoder> {
  return openOnnxDecoder(runtime, await readFile(onnxPath), config, { slots: 1, threads });
}
