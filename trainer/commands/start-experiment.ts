/** From a prepared training to a new experiment folder and its run: what `train` and `finetune` share. */

import { formatDuration } from "../../src/core/cli/console.ts";
import type { CommandContext } from "../../src/core/cli/command.ts";
import { createExperiment, createNextExperiment } from "../../src/core/experiment/experiments.ts";
import { readOrigin } from "../../src/core/experiment/origin.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import { RUN_SCHEMA, type Metrics, type RunRecord } from "../../src/core/experiment/run-record.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { runExperiment, type Experiment, type ExperimentResult } from "../train/experiment.ts";
import { planText } from "../train/plan.ts";
import type { Prepared } from "../train/prepare.ts";

export interface Start {
  readonly name?: string;
  /** What a name without --name is made from. */
  readonly preset: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads?: number;
  readonly tensorboard: boolean;
  readonly dryRun: boolean;
  readonly base?: RunRecord["base"];
  readonly initialise: Experiment["initialise"];
}

export async function startExperiment(
  runtime: Runtime,
  prepared: Prepared,
  start: Start,
  context: CommandContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { plan, config, settings, data } = prepared;
  const shown = { config, settings, data, name: start.name ?? "named after the day" };
  context.console.note(planText(plan, shown));
  if (start.dryRun) return { plan, model: config, settings, replay: data.replay };

  const { name, folder } = await claimFolder(start);
  const record = await recordOf(name, prepared, start);
  const result = await runExperiment(runtime, { ...prepared, ...start, folder, record }, context);
  return report(result, context);
}

/** The last lines of a run, for people and for `--json`. */
export function report(
  result: ExperimentResult,
  { console }: CommandContext,
): Readonly<Record<string, unknown>> {
  const { folder, ending, test, steps, seconds } = result;
  console.print(`${folder}: ${steps} steps in ${formatDuration(seconds * 1000)}`);
  if (ending !== "interrupted") {
    console.print(test ? testLine(test) : "test: no text was left to test on");
    console.print(`Talk to it: lfz chat --model ${folder}`);
  }
  return { ...result };
}

function testLine({ loss, perplexity, bitsPerByte, tokenAccuracy }: Metrics): string {
  return (
    `test: loss ${loss.toFixed(3)}, perplexity ${perplexity.toFixed(1)}, ` +
    `${bitsPerByte.toFixed(3)} bits/byte, accuracy ${(tokenAccuracy * 100).toFixed(1)} %`
  );
}

async function claimFolder({ name, preset }: Start): Promise<{ name: string; folder: string }> {
  if (name !== undefined) return { name, folder: await createExperiment(EXPERIMENTS_ROOT, name) };
  return createNextExperiment(EXPERIMENTS_ROOT, { date: new Date(), preset });
}

async function recordOf(
  name: string,
  { config, settings, data, tokenizer }: Prepared,
  { flags, seed, base }: Start,
): Promise<RunRecord> {
  return {
    schema: RUN_SCHEMA,
    name,
    created: new Date().toISOString(),
    finished: null,
    status: "running",
    flags: { ...flags },
    seed,
    model: config,
    training: settings,
    ...(base && { base }),
    data,
    tokenizerHash: tokenizer.hash,
    ...(await readOrigin()),
    results: {},
    parity: {},
    files: {},
  };
}
