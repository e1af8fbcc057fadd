/**
 * The weights of a run, from wherever in its folder they are whole.
 *
 * A finished run has them in model.safetensors; one that was cut off has them
 * in its checkpoint, the best ones first.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { HintedError } from "../../src/core/errors.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { sha256OfFile } from "../../src/core/files.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { allocateBlock, parameterLayout, type ParameterBlock } from "../model/parameter-store.ts";
import { mergeAdapters } from "../model/adapters.ts";
import { allSpecs, PartChoice, trainedPart, type TrainedPart } from "../model/trained-part.ts";
import { Checkpoints } from "../train/checkpoint.ts";
import { readWeightsFile } from "./weights-file.ts";

export interface TrainedWeights {
  readonly weights: ParameterBlock;
  /** For people: `model.safetensors`, `the best checkpoint`. */
  readonly source: string;
}

/** @throws HintedError if the folder holds no whole weights. */
export async function readTrainedWeights(
  runtime: Runtime,
  folder: string,
  run: RunRecord,
): Promise<TrainedWeights> {
  const part = trainedPart(run.model, PartChoice.parse(run.training));
  const weights = allocateBlock(runtime, parameterLayout(run.model));
  const readers = [readExport, readCheckpoint];
  if (run.status !== "finished") readers.reverse(); // it may have learnt more since an earlier export
  for (const read of readers) {
    const source = await read({ runtime, folder, run, part, weights });
    if (source) return { weights, source };
  }
  throw new HintedError(`${folder} holds no whole weights: no model.safetensors, no checkpoint.`, {
    hint: "Restore model.safetensors from a backup, or train again under another --name.",
  });
}

interface Reading {
  readonly runtime: Runtime;
  readonly folder: string;
  readonly run: RunRecord;
  readonly part: TrainedPart;
  /** Filled with what is found. */
  readonly weights: ParameterBlock;
}

async function readExport({ folder, run, weights }: Reading): Promise<string | undefined> {
  const path = experimentPaths(folder).weights;
  const listed = run.files["model.safetensors"];
  if (!listed || !existsSync(path) || (await sha256OfFile(path)) !== listed.sha256) {
    return undefined;
  }
  await readWeightsFile(path, run.model, weights.values);
  return "model.safetensors";
}

async function readCheckpoint(reading: Reading): Promise<string | undefined> {
  const { runtime, folder, run, part } = reading;
  const { checkpoint } = experimentPaths(folder);
  if (!existsSync(join(checkpoint, "index.json"))) return undefined;
  const checkpoints = await Checkpoints.open(checkpoint);
  const trained = allocateBlock(runtime, parameterLayout(run.model, allSpecs(run.model, part)));
  const source = await readNewest(checkpoints, trained, () =>
    allocateBlock(runtime, parameterLayout(run.model, part.specs)),
  );
  if (source) mergeAdapters(trained, part, reading.weights);
  return source;
}

async function readNewest(
  checkpoints: Checkpoints,
  weights: ParameterBlock,
  moment: () => ParameterBlock,
): Promise<string | undefined> {
  if (await checkpoints.restoreBest(weights)) return "the best checkpoint";
  const state = await checkpoints.restore({
    weights,
    firstMoment: moment(),
    secondMoment: moment(),
  });
  return state && `the checkpoint of step ${state.step}`;
}
