/**
 * From a model folder to a decoder that is warm and known to work.
 *
 * Decides how many chats fit in memory beside each other; knows nothing of
 * requests.
 */

import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";

import { HintedError } from "../core/errors.ts";
import type { GenerationDefaults } from "../core/experiment/config-files.ts";
import { openModelFolder } from "../core/experiment/folder.ts";
import type { ModelConfig } from "../core/model/config.ts";
import { parameterCount } from "../core/model/parameters.ts";
import { openRuntime } from "../core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../core/tokenizer/tokenizer.ts";
import type { Decoder } from "../core/decoder/decoder.ts";
import { cacheBytesPerSlot, openOnnxDecoder } from "../core/decoder/onnx-decoder.ts";
import type { WorkerStart } from "./protocol.ts";
import { PROMPT_PIECE } from "./scheduler.ts";
import type { ModelInfo } from "./types.ts";

/** Chats that decode together; more gain little on a few cores. */
const MOST_SLOTS = 8;

/** The caches of all slots together: a share of the machine's memory, and never more than this. */
const CACHE_SHARE = 1 / 8;
const MOST_CACHE_BYTES = 1 << 30;

export interface LoadedModel {
  readonly info: ModelInfo;
  readonly tokenizer: ChatTokenizer;
  readonly defaults: GenerationDefaults;
  readonly decoder: Decoder;
  dispose(): void;
}

/** @throws HintedError if the folder is not a model that works. */
export async function loadModel({ folder, slots }: WorkerStart): Promise<LoadedModel> {
  const model = await openModelFolder(folder);
  const runtime = await openRuntime();
  const decoder = await openOnnxDecoder(runtime, await readFile(model.onnxPath), model.config, {
    slots: slots ?? slotsFor(model.config),
  });
  await warmUp(decoder, model.onnxPath);
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

export function slotsFor(config: ModelConfig, memoryBytes = totalmem()): number {
  const budget = Math.min(MOST_CACHE_BYTES, memoryBytes * CACHE_SHARE);
  return Math.min(MOST_SLOTS, Math.max(1, Math.floor(budget / cacheBytesPerSlot(config))));
}

/**
 * Runs every shape once that serving will need, so that the first person does
 * not wait for memory to be laid out, and looks at what comes out.
 */
async function warmUp(decoder: Decoder, path: string): Promise<void> {
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
    const places = Array.from({ length: rows }, () => 0);
    await decoder.step(places, places);
  }
}
