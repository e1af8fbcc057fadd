/** Continues a run from its newest checkpoint, with the settings and data in its record. */

import { join } from "node:path";

import type { CommandContext, CommandResult } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { EXPERIMENTS_ROOT, experimentPaths } from "../../src/core/experiment/paths.ts";
import { readRunRecord, type RunRecord } from "../../src/core/experiment/run-record.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { toBudget, type Budget } from "../train/budget.ts";
import { hasCheckpoint } from "../train/checkpoint.ts";
import type { EngineName } from "../train/engine.ts";
import { runExperiment } from "../train/experiment.ts";
import { requireEngine } from "../train/open-engine.ts";
import { describeData, isDataOf } from "../train/describe-data.ts";
import { openData, openReplay, openTokenizer } from "../train/prepare.ts";
import { settingsOf } from "../train/run-settings.ts";
import { report } from "./start-experiment.ts";

/** What replaces the words that the run was started with. */
interface Given extends Budget {
  readonly data?: readonly string[];
  readonly threads?: number;
  readonly engine?: EngineName;
  readonly device?: Device;
  readonly tensorboard: boolean;
}

export async function resumeExperiment(
  name: string,
  given: Given,
  context: CommandContext,
): Promise<CommandResult> {
  const folder = join(EXPERIMENTS_ROOT, name);
  const record = await readRunRecord(folder);
  if (record.status === "finished") {
    throw new HintedError(`${name} is finished; there is nothing to resume.`, {
      hint: `Teach it more with: lfz finetune --from ${folder} --data FILE...`,
    });
  }
  requireCheckpoint(folder, name);
  const { settings: before, flags: recorded } = settingsOf(record);
  const { engine = before.engine } = given;
  const settings = { ...before, engine, budget: budgetOf(given) ?? before.budget };
  await requireEngine(engine, before.preference);
  const flags = { ...recorded, ...(given.data && { data: [...given.data] }) };
  const threads = given.threads ?? recorded.threads;
  const tensorboard = given.tensorboard || recorded.tensorboard;
  const runtime = await openRuntime({ device: given.device ?? recorded.device });

  const tokenizer = await openTokenizer(folder);
  const method = settings.preference?.method;
  const shards = await openData(flags, tokenizer, context, { method });
  const replay = await openReplay(flags, settings, { tokenizer, shards }, context);
  requireSameData(record, await describeData(flags, shards, replay));
  context.console.note(`Resuming ${name}.`);
  const resumed: RunRecord = {
    ...record,
    status: "running",
    training: settings,
    flags: { ...record.flags, device: runtime.device },
  };
  const result = await runExperiment(
    runtime,
    {
      folder,
      record: resumed,
      config: record.model,
      tokenizer,
      shards,
      replay,
      settings,
      threads,
      tensorboard,
      initialise: () => Promise.reject(new Error(`${folder} has no checkpoint`)), // checked above
    },
    context,
  );
  return report(result, context);
}

/** A budget given anew replaces the old one: a run can be let go on longer. */
function budgetOf({ minutes, steps, epochs }: Budget): Budget | undefined {
  const isGiven = minutes !== undefined || steps !== undefined || epochs !== undefined;
  return isGiven ? toBudget({ minutes, steps, epochs }) : undefined;
}

function requireCheckpoint(folder: string, name: string): void {
  if (hasCheckpoint(experimentPaths(folder).checkpoint)) return;
  throw new HintedError(`${name} has no checkpoint to resume from.`, {
    hint: `Remove ${folder} and train again.`,
  });
}

function requireSameData(run: RunRecord, now: RunRecord["data"]): void {
  if (isDataOf(run, now)) return;
  const names = run.data.files.map((file) => file.name).join(", ") || "standard input";
  throw new HintedError(`The data of ${run.name} has changed since it was started.`, {
    hint: `It began with ${names}: give it the same with --data, or train again.`,
  });
}
