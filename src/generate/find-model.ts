/**
 * Which model folder is meant when nobody names one.
 *
 * In this order: `LFZ_MODEL`, the experiment that finished last, the starter
 * model of this folder, the one that ships with the package.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { HintedError } from "../core/errors.ts";
import { listExperiments } from "../core/experiment/experiments.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import type { RunRecord } from "../core/experiment/run-record.ts";
import { packageFolder } from "../core/package.ts";

const STARTER = "starter";

export interface ModelChoice {
  /** A folder, or the name of an experiment. */
  readonly named?: string | undefined;
  readonly environment: { readonly LFZ_MODEL?: string | undefined };
  readonly root?: string;
}

/** @throws HintedError if there is no model at all; whether the folder is a good one is not checked. */
export async function findModel({
  named,
  environment,
  root = EXPERIMENTS_ROOT,
}: ModelChoice): Promise<string> {
  const wanted = named ?? environment.LFZ_MODEL;
  if (wanted !== undefined) return folderOf(wanted, root);
  const newest = await newestFinished(root);
  if (newest) return newest;
  const starters = [join(root, STARTER), join(packageFolder, EXPERIMENTS_ROOT, STARTER)];
  const starter = starters.find((folder) => existsSync(folder));
  if (starter) return starter;
  throw new HintedError("There is no model to talk to yet.", {
    hint: "Train one with `lfz train --data FILE`, or name a folder with --model.",
  });
}

function folderOf(wanted: string, root: string): string {
  const experiment = join(root, wanted);
  return !existsSync(wanted) && existsSync(experiment) ? experiment : wanted;
}

async function newestFinished(root: string): Promise<string | undefined> {
  const finished = (await listServable(root)).filter(({ name }) => name !== STARTER);
  finished.sort((a, b) => timeOf(b.run).localeCompare(timeOf(a.run)));
  return finished[0]?.folder;
}

export interface ServableExperiment {
  readonly name: string;
  readonly folder: string;
  readonly run: RunRecord;
}

/** The experiments that are finished and exported. */
export async function listServable(root: string): Promise<ServableExperiment[]> {
  return (await listExperiments(root)).flatMap(({ name, folder, run }) => {
    if (run instanceof HintedError || run.status !== "finished") return [];
    return run.files["onnx/model.onnx"] ? [{ name, folder, run }] : [];
  });
}

function timeOf({ finished, created }: RunRecord): string {
  return finished ?? created;
}
