/** What a model costs: arithmetic and memory, estimated before anything is allocated. */

import { widestFeedForward, type ModelConfig } from "../../src/core/model/config.ts";
import {
  countOf,
  EMBEDDING,
  parameterCount,
  type ParameterSpec,
} from "../../src/core/model/parameters.ts";
import { allSpecs, type TrainedPart } from "../model/trained-part.ts";
import type { Layout } from "./layout.ts";

const BYTES = 4;
/** Every lane has gradients of its own besides. */
const MOMENTS = 2;
/** Activations kept for the backward pass, in floats a token: measured on models from 1 M to 25 M parameters. */
const WIDTHS_KEPT_A_LAYER = 14;
const FFN_WIDTHS_KEPT_A_LAYER = 5;
const LOGIT_COPIES = 3;
/** Node, ONNX Runtime and the graphs themselves. */
const FIXED_BYTES = 120e6;

/**
 * Floating-point operations to train on one token: 6 a matrix weight for the
 * products (2 forward, 2 for the gradient of what came in, 2 for its own; none
 * of the last for a frozen one) and 12 · layers · width · context for
 * attention (Kaplan et al., 2020, section 2.1).
 */
export function trainingFlopsPerToken(config: ModelConfig, part: TrainedPart): number {
  const attention = 12 * config.layers * config.width * config.context;
  const multiplied = (specs: readonly ParameterSpec[]) => countOf(matricesOf(config, specs));
  return 4 * multiplied(allSpecs(config, part)) + 2 * multiplied(part.specs) + attention;
}

/** What every token is multiplied with; an embedding counts as the head, if it is that too. */
function matricesOf(
  { tiedEmbeddings }: ModelConfig,
  specs: readonly ParameterSpec[],
): ParameterSpec[] {
  return specs.filter(
    ({ name, shape }) => shape.length === 2 && (tiedEmbeddings || name !== EMBEDDING),
  );
}

/** Bytes that a training in this layout takes at its peak. */
export function trainingMemory(
  config: ModelConfig,
  { specs, adapters }: TrainedPart,
  { lanes, microTokens }: Layout,
): number {
  const { layers, width, heads, context, vocabSize } = config;
  const perLayer =
    WIDTHS_KEPT_A_LAYER * width +
    FFN_WIDTHS_KEPT_A_LAYER * widestFeedForward(config) +
    (heads * context * 5) / 8;
  const perToken = layers * perLayer + LOGIT_COPIES * vocabSize;
  const merged = adapters.size > 0 ? 2 : 1;
  const weights = merged * parameterCount(config);
  const state = (MOMENTS + lanes) * countOf(specs);
  return (weights + state + lanes * microTokens * perToken) * BYTES + FIXED_BYTES;
}
