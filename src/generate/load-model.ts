/**
 * From a model folder to a decoder that is warm and known to work.
 *
 * Knows nothing of requests.
 */

import { readFile } from "node:fs/promises";

import { HintedError } from "../core/errors.ts";
import type { GenerationDefaults } from "../core/experiment/config-files.ts";
import { openModelFolder } from "../core/experiment/folder.ts";
import { parameterCount } from "../core/model/parameters.ts";
import { openRuntime } from "../core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../core/tokenizer/tokenizer.ts";
import type { Decoder } from "../core/decoder/decoder.ts";
import { openOnnxDecoder } from "../core/decoder/onnx-decoder.ts";
import type { WorkerStart } from "./protocol.ts";
import { slotsFor } from "./cache-slots.ts";
import { PROMPT_PIECE } from "./scheduler.ts";
import type { ModelInfo } from "./types.ts";

export interface LoadedModel {
  readonly info: ModelInfo;
  readonly tokenizer: ChatTokenizer;
  readonly defaults: GenerationDefaults;
  readonly decoder: Decoder;
  dispose(): void;
}

/**
 * @param betweenSteps throws if the model is no longer wanted
 * @throws HintedError if the folder is not a model that works.
 */
export async function loadModel(
  { folder, slots }: WorkerStart,
  betweenSteps = () => {},
): Promise<LoadedModel> {
  const model = await openModelFolder(folder);
  betweenSteps();
  const runtime = await openRuntime();
  const decoder = await openOnnxDecoder(runtime, await readFile(model.onnxPath), model.config, {
    slots: slots ?? slotsFor(model.config),
  });
  try {
    await warmUp(decoder, model.onnxPath, betweenSteps);
  } catch (error) {
    decoder.dispose();
    runtime.dispose();
    throw error;
  }
  return {
    info: {
      name: model.name,
      folder: model.folder,
      parameters: parameterCount(model.config),
      context: model.config.context,
      vocabSize: model.config.vocabSize,
      runtime: runtime.kind,
    },
    tokenizer: model.tokenizer,
    defaults: model.generation,
    decoder,
    dispose() {
      decoder.dispose();
      runtime.dispose();
    },
  };
}

/**
 * Runs every shape once that serving will need, so that the first person does
 * not wait for memory to be laid out, and looks at what comes out.
 */
async function warmUp(decoder: Decoder, path: string, betweenSteps: () => void): Promise<void> {
  betweenSteps();
  const length = Math.min(PROMPT_PIECE, decoder.context - 1);
  const logits = await decoder.read(
    0,
    0,
    Array.from({ length }, () => 0),
  );
  if (!logits.every(Number.isFinite)) {
    throw new HintedError(`${path} computes no numbers: its weights are damaged.`, {
      hint: "Export the model again, or take another experiment.",
    });
  }
  for (let rows = 1; rows <= decoder.slots; rows++) {
    betweenSteps();
    const places = Array.from({ length: rows }, () => 0);
    await decoder.step(places, places);
  }
}
