/** A tiny model that has learnt a little, its folder not yet written. */

import { onTestFinished } from "vitest";

import type { ModelConfig } from "../../../src/core/model/config.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../../src/core/random.ts";
import type { ExportInput } from "../../../trainer/export/export-model.ts";
import { greetingIds } from "../../../trainer/export/parity-text.ts";
import { allocateBlock, parameterLayout } from "../../../trainer/model/parameter-store.ts";
import { tinyTokenizer } from "../../support/tiny-tokenizer.ts";
import { fillWithChance, tinyConfig } from "./tiny-training.ts";

/** With grouped heads, and room for the greeting. */
export function exportedConfig(changes: Partial<ModelConfig> = {}): ModelConfig {
  return tinyConfig({ kvHeads: 1, context: 64, vocabSize: tinyTokenizer.vocabSize, ...changes });
}

/** What `exportModel` takes, for a model with weights of chance. */
export async function modelToExport(folder: string, changes: Partial<ExportInput> = {}) {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  const { config = exportedConfig() } = changes;
  const weights = allocateBlock(runtime, parameterLayout(config));
  fillWithChance(weights, new Random(4));
  const input: ExportInput = {
    folder,
    config,
    tokenizer: tinyTokenizer,
    weights,
    storage: "float32",
    ids: greetingIds(tinyTokenizer, 40),
    ...changes,
  };
  return { runtime, input };
}
