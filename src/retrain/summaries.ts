/** All versions with what is known of them, for people who choose one. */

import { HintedError } from "../core/errors.ts";
import { readRunRecord, type RunRecord } from "../core/experiment/run-record.ts";
import { parameterCount } from "../core/model/parameters.ts";
import type { VersionSummary } from "../chat/models.ts";
import { listServable } from "../generate/find-model.ts";
import { stateOf, type RegistryState, type Version } from "./registry-state.ts";

/** What the registry knows, oldest first, then finished experiments that nobody has promoted yet. */
export async function summarise(
  registry: RegistryState,
  { root, serving }: { root: string; serving: string | undefined },
): Promise<VersionSummary[]> {
  const known = await Promise.all(registry.versions.map((version) => ofVersion(registry, version)));
  const names = new Set(known.map(({ name }) => name));
  const others = (await listServable(root)).filter(({ name }) => !names.has(name));
  const all = [...known, ...others.map(({ name, run }) => ofExperiment(name, run))];
  return all.map((summary) => ({ ...summary, isServing: summary.name === serving }));
}

type Summary = Omit<VersionSummary, "isServing">;

async function ofVersion(registry: RegistryState, version: Version): Promise<Summary> {
  const { name, folder, retired } = version;
  const state = stateOf(registry, version);
  const share = state === "canary" ? registry.canary?.share : undefined;
  try {
    return { name, state, share, remark: retired, ...figuresOf(await readRunRecord(folder)) };
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return { name, state, share, remark: retired ?? error.message };
  }
}

function ofExperiment(name: string, run: RunRecord): Summary {
  return { name, state: "candidate", ...figuresOf(run) };
}

function figuresOf({ model, files, results }: RunRecord): Partial<Summary> {
  const measured = results.test ?? results.validation;
  return {
    parameters: parameterCount(model),
    bytes: files["onnx/model.onnx"]?.bytes,
    loss: measured?.loss,
    bitsPerByte: measured?.bitsPerByte,
  };
}
