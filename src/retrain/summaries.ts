/** All versions with what is known of them, for people who choose one. */

import { HintedError } from "../core/errors.ts";
import { readRunRecord, type RunRecord } from "../core/experiment/run-record.ts";
import { parameterCount } from "../core/model/parameters.ts";
import type { VersionSummary } from "../chat/models.ts";
import { listServable, type ServableExperiment } from "../generate/find-model.ts";
import { stateOf, type RegistryState, type Version } from "./registry-state.ts";
import { readVerdict, wordsOf } from "./verdict.ts";

/** What the registry knows, oldest first, then finished experiments that nobody has promoted yet. */
export async function summarise(
  registry: RegistryState,
  { root, serving, figures }: SummaryOptions,
): Promise<VersionSummary[]> {
  const known = await Promise.all(registry.versions.map((version) => ofVersion(registry, version)));
  const names = new Set(known.map(({ name }) => name));
  const others = (await listServable(root)).filter(({ name }) => !names.has(name));
  const all = [...known, ...(await Promise.all(others.map(ofExperiment)))];
  return all.map((summary) => ({
    ...summary,
    figures: summary.state === "shadow" ? figures : undefined,
    isServing: summary.name === serving,
  }));
}

interface SummaryOptions {
  readonly root: string;
  readonly serving: string | undefined;
  /** Of the shadow, in words. */
  readonly figures?: string | undefined;
}

type Summary = Omit<VersionSummary, "isServing" | "figures">;

async function ofVersion(registry: RegistryState, version: Version): Promise<Summary> {
  const { name, folder, retired } = version;
  const state = stateOf(registry, version);
  const share = state === "canary" ? registry.canary?.share : undefined;
  try {
    const judged = await readJudged(folder, state);
    return {
      name,
      state,
      share,
      judged,
      remark: retired,
      ...figuresOf(await readRunRecord(folder)),
    };
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return { name, state, share, remark: retired ?? error.message };
  }
}

async function ofExperiment({ name, folder, run }: ServableExperiment): Promise<Summary> {
  const state = "candidate";
  return { name, state, judged: await readJudged(folder, state), ...figuresOf(run) };
}

/** Of what may yet be promoted it also matters that nobody has judged it. */
async function readJudged(folder: string, state: Summary["state"]): Promise<string | undefined> {
  try {
    const verdict = await readVerdict(folder);
    const isOpen = state === "candidate" || state === "shadow" || state === "canary";
    return verdict || isOpen ? wordsOf(verdict) : undefined;
  } catch (error) {
    if (error instanceof HintedError) return error.message;
    throw error;
  }
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
