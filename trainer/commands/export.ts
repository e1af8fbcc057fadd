/** `lfz export`: writes the model files of a run again, or for the first time after it was cut off. */

import { existsSync } from "node:fs";

import { z } from "zod";

import { defineCommand, type CommandResult } from "../../src/core/cli/command.ts";
import { formatBytes, type Console } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import { requireFolder } from "../../src/core/experiment/folder.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import {
  readRunRecord,
  writeRunRecord,
  type RunRecord,
} from "../../src/core/experiment/run-record.ts";
import { lockFolder } from "../../src/core/lock.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { EXPORT_FORMATS, exportModel, type ExportFormat } from "../export/export-model.ts";
import { greetingIds, MOST_PARITY_TOKENS } from "../export/parity-text.ts";
import { sentenceOf } from "../export/parity.ts";
import { readTrainedWeights } from "../export/read-trained-weights.ts";
import { writeReports } from "../eval/write-reports.ts";
import { TrainingOptions } from "../train/options.ts";
import { openTokenizer } from "../train/prepare.ts";

export const exportCommand = defineCommand({
  name: "export",
  summary: "Write the model files of a run again, and prove them",
  usage: "DIR [--format onnx|safetensors]",
  positionals: { name: "DIR", min: 1, max: 1 },
  flags: z.strictObject({
    format: z.enum(EXPORT_FORMATS).optional().describe("only this one; all by default"),
  }),
  examples: ["lfz export experiments/friend", "lfz export experiments/friend --format onnx"],
  async run({ positionals: [folder], format }, { console }) {
    await requireFolder(folder);
    const lock = await lockFolder(folder); // a training would write the same files
    try {
      return await exportAgain(folder, format, console);
    } finally {
      await lock.release();
    }
  },
});

async function exportAgain(
  folder: string,
  format: ExportFormat | undefined,
  console: Console,
): Promise<CommandResult> {
  const run = await readRunRecord(folder);
  const tokenizer = await openTokenizer(folder);
  requireTokenizerOf(run, tokenizer, folder);
  const runtime = await openRuntime();
  const { weights, source } = await readTrainedWeights(runtime, folder, run);
  const { parity, files } = await exportModel(runtime, {
    folder,
    config: run.model,
    tokenizer,
    weights,
    storage: storageOf(run),
    ids: greetingIds(tokenizer, Math.min(run.model.context, MOST_PARITY_TOKENS)),
    formats: format && [format],
  });
  const record: RunRecord = {
    ...run,
    parity: { ...run.parity, "onnx/model.onnx": parity },
    // What an unfinished run exported before is of other weights by now.
    files: run.status === "finished" ? { ...run.files, ...files } : files,
  };
  if (existsSync(experimentPaths(folder).card)) await writeRunRecord(folder, record);
  else await writeReports(folder, record); // a run that was killed has none yet
  console.note(`parity: ${sentenceOf(parity)}`);
  console.print(`${folder}: written from ${source}`);
  for (const [file, { bytes }] of Object.entries(files)) {
    console.print(`  ${file}  ${formatBytes(bytes)}`);
  }
  return { folder, source, parity, files };
}

function requireTokenizerOf(run: RunRecord, tokenizer: ChatTokenizer, folder: string): void {
  if (tokenizer.hash === run.tokenizerHash) return;
  throw new HintedError(`${folder}: tokenizer.json is not the one this model was trained with.`, {
    hint: "It comes from another run; restore it from a backup.",
  });
}

/** As the run was asked to store them. */
function storageOf({ training }: RunRecord): TrainingOptions["storage"] {
  return TrainingOptions.pick({ storage: true })
    .loose()
    .catch({ storage: "float32" })
    .parse(training).storage;
}
