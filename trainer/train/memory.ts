/** How much memory a training takes, and whether there is that much: known before anything is allocated. */

import { freemem } from "node:os";

import { formatBytes } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import {
  configOfPreset,
  feedForwardOf,
  PRESETS,
  type Activation,
  type ModelConfig,
} from "../../src/core/model/config.ts";
import { countOf, parameterCount } from "../../src/core/model/parameters.ts";
import { trainedPart, WHOLE_MODEL, type TrainedPart } from "../model/trained-part.ts";
import { rowsOf } from "./batch-values.ts";
import type { Layout } from "./layout.ts";

export interface MemoryUse {
  readonly config: ModelConfig;
  readonly part: TrainedPart;
  readonly layout: Layout;
}

const FLOAT_BYTES = 4;
/** Node, ONNX Runtime, the tokenizer, and the graphs of training, optimizer and evaluation. */
const FIXED_BYTES = 250e6;
const MOMENTS = 2;
/** The decoder graph for samples and export: as a file in memory, and as the session that reads it. */
const DECODER_COPIES = 3;
/** The weights with adapters in them: as a step takes them, and as validation does. */
const MERGED_COPIES = 2;

/**
 * Floats that ONNX Runtime's arena holds for each token of a micro-batch, fitted to the peaks of
 * models from 1 M to 17 M parameters. About twice what the backward pass needs: the arena grows
 * piece by piece in the first step, and from the second on takes one block for all of a graph.
 */
const FLOATS_A_WIDTH = 10.7;
const FLOATS_A_FEED_FORWARD: Record<Activation, number> = { swiglu: 10.3, gelu: 7.8, relu2: 5.2 };
const FLOATS_A_SCORE = 2.1;
const FLOATS_A_LOGIT = 3.5;

/** Bytes that the process has at its peak. */
export function trainingMemory({ config, part, layout }: MemoryUse): number {
  const { specs, adapters } = part;
  const merged = adapters.size > 0 ? MERGED_COPIES : 0;
  const weights = (1 + merged + DECODER_COPIES) * parameterCount(config);
  const state = (MOMENTS + layout.lanes) * countOf(specs);
  const tokens = layout.lanes * rowsOf(layout.microTokens, config) * config.context;
  const activations = tokens * floatsPerToken(config);
  return FIXED_BYTES + FLOAT_BYTES * (weights + state + activations);
}

function floatsPerToken(config: ModelConfig): number {
  const { layers, width, heads, context, vocabSize } = config;
  const attention = FLOATS_A_WIDTH * width + FLOATS_A_SCORE * heads * context;
  let floats = FLOATS_A_LOGIT * vocabSize + layers * attention;
  for (let layer = 0; layer < layers; layer++) {
    const feedForward = feedForwardOf(config, layer);
    floats += FLOATS_A_FEED_FORWARD[feedForward.activation] * feedForward.width;
  }
  return floats;
}

/**
 * @param presets whether the model is still to be chosen
 * @throws HintedError naming something smaller if the training does not fit into the free memory
 */
export function requireMemory(
  use: MemoryUse,
  { presets, free = freeMemory() }: { readonly presets: boolean; readonly free?: number },
): void {
  const needed = trainingMemory(use);
  if (needed <= free) return;
  throw new HintedError(
    `This training needs about ${formatBytes(needed)} of memory; ${formatBytes(free)} are free.`,
    { hint: adviceThatFits(use, presets, free) },
  );
}

/** What this process can have in all: what the machine has left besides, at most what a container allows. */
export function freeMemory(): number {
  const limit = process.constrainedMemory() || Infinity; // 0 where there is none
  return Math.min(freemem() + process.memoryUsage.rss(), limit);
}

function adviceThatFits(use: MemoryUse, presets: boolean, free: number): string {
  const fits = (changes: Partial<MemoryUse>) => trainingMemory({ ...use, ...changes }) <= free;
  const { context, vocabSize } = use.config;
  const smaller = [
    { lanes: 1, microTokens: use.layout.microTokens },
    { lanes: 1, microTokens: context },
  ].find((layout) => fits({ layout }));
  if (smaller) {
    return `It fits with --set lanes=${smaller.lanes} --set microTokens=${smaller.microTokens}, only slower.`;
  }
  if (!presets) return "Take a smaller model, or close other programs.";
  const preset = Object.keys(PRESETS).findLast((name) => {
    const config = configOfPreset(name, { vocabSize });
    return fits({ config, part: trainedPart(config, WHOLE_MODEL) });
  });
  if (preset === undefined) return "No preset fits: close other programs, or use another machine.";
  return `--preset ${preset} fits.`;
}
