/** What a model costs: arithmetic and memory, estimated before anything is allocated. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import type { Layout } from "./layout.ts";

const BYTES = 4;
/** Weights and two moments; every lane has gradients of its own. */
const STATE_COPIES = 3;
/** Activations kept for the backward pass, in floats a token: measured on models from 1 M to 25 M parameters. */
const WIDTHS_KEPT_A_LAYER = 14;
const FFN_WIDTHS_KEPT_A_LAYER = 5;
const LOGIT_COPIES = 3;
/** Node, ONNX Runtime and the graphs themselves. */
const FIXED_BYTES = 120e6;

/**
 * Floating-point operations to train on one token: 6 a matrix weight for the
 * products (2 forward, 4 backward) and 12 · layers · width · context for
 * attention (Kaplan et al., 2020, section 2.1).
 */
export function trainingFlopsPerToken(config: ModelConfig): number {
  return 6 * matrixWeights(config) + 12 * config.layers * config.width * config.context;
}

/** Weights that every token is multiplied with; a tied embedding counts once, as the head. */
function matrixWeights(config: ModelConfig): number {
  const lookups = config.tiedEmbeddings ? 0 : config.vocabSize * config.width;
  return parameterCount(config) - lookups;
}

/** Bytes that a training in this layout takes at its peak. */
export function trainingMemory(config: ModelConfig, { lanes, microTokens }: Layout): number {
  const { layers, width, ffnWidth, heads, context, vocabSize } = config;
  const perLayer =
    WIDTHS_KEPT_A_LAYER * width + FFN_WIDTHS_KEPT_A_LAYER * ffnWidth + (heads * context * 5) / 8;
  const perToken = layers * perLayer + LOGIT_COPIES * vocabSize;
  const copies = STATE_COPIES + lanes;
  return (copies * parameterCount(config) + lanes * microTokens * perToken) * BYTES + FIXED_BYTES;
}
