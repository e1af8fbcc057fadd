/** The same few prompts answered with the weights as they are now. */

import { renderPrompt } from "../../src/core/chat/template.ts";
import type { Decoder } from "../../src/core/decoder/decoder.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { buildDecoderGraph } from "../../src/core/onnx/decoder-graph.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { openOnnxDecoder } from "../../src/core/decoder/onnx-decoder.ts";
import { weightsOf, type ParameterBlock } from "../model/parameter-store.ts";
import { greedyReply } from "./greedy-reply.ts";
import type { Sample } from "./samples.ts";

const SAMPLE_PROMPTS: readonly string[] = [
  "Hello! How are you?",
  "Who are you?",
  "What can you do?",
  "Tell me a joke.",
  "I feel a bit sad today.",
  "What do you think about music?",
];

const MAX_TOKENS = 48;

export async function sampleReplies(
  runtime: Runtime,
  config: ModelConfig,
  weights: ParameterBlock,
  tokenizer: ChatTokenizer,
): Promise<Sample[]> {
  const decoder = await openTrainedDecoder(runtime, config, weights);
  const samples: Sample[] = [];
  for (const prompt of SAMPLE_PROMPTS) {
    const ids = renderPrompt([{ role: "user", content: prompt }], tokenizer);
    const { text } = await greedyReply(decoder, tokenizer, ids, MAX_TOKENS);
    samples.push({ prompt, reply: text });
  }
  decoder.dispose();
  return samples;
}

/** The weights as they are now, copied into a decoder of one slot. */
export function openTrainedDecoder(
  runtime: Runtime,
  config: ModelConfig,
  weights: ParameterBlock,
): Promise<Decoder> {
  const model = buildDecoderGraph(config, weightsOf(weights));
  return openOnnxDecoder(runtime, model, config, { slots: 1 });
}
