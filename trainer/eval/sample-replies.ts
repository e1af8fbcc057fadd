/**
 * The same few prompts answered with the weights as they are now: greedily,
 * so that two rounds differ only where the model does.
 */

import { renderPrompt } from "../../src/core/chat/template.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { buildDecoderGraph } from "../../src/core/onnx/decoder-graph.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { indexOfLargest } from "../../src/core/decoder/largest.ts";
import { openOnnxDecoder } from "../../src/core/decoder/onnx-decoder.ts";
import { weightsOf, type ParameterBlock } from "../model/parameter-store.ts";
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
  const model = buildDecoderGraph(config, weightsOf(weights));
  const decoder = await openOnnxDecoder(runtime, model, config, { slots: 1 });
  const { eos, stop } = tokenizer.specials;
  const samples: Sample[] = [];
  for (const prompt of SAMPLE_PROMPTS) {
    const ids = renderPrompt([{ role: "user", content: prompt }], tokenizer);
    const room = Math.min(MAX_TOKENS, config.context - ids.length);
    const reply: number[] = [];
    let next = room > 0 ? indexOfLargest(await decoder.read(0, 0, ids)) : eos;
    while (reply.length < room && next !== eos && next !== stop) {
      reply.push(next);
      next = indexOfLargest(await decoder.read(0, ids.length + reply.length - 1, [next]));
    }
    samples.push({ prompt, reply: tokenizer.decode(reply) });
  }
  decoder.dispose();
  return samples;
}
