/** `lfz data advise --refit`: trains the grid of runs on this corpus and writes the fit of them. */

import { basename } from "node:path";

import type { CommandContext } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { readOrigin } from "../../src/core/experiment/origin.ts";
import { sha256Of } from "../../src/core/files.ts";
import { configOfPreset } from "../../src/core/model/config.ts";
import { nonEmbeddingCount } from "../../src/core/model/parameters.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { hashOfFiles } from "../data/prepare-shards.ts";
import { fitLaw } from "../scaling/fit-law.ts";
import { OWN_FIT, writeFit, type FoundFit } from "../scaling/fit-file.ts";
import {
  GRID_PRESETS,
  gridOf,
  MINUTES_EACH,
  trainGrid,
  type GridTrainer,
} from "../scaling/grid.ts";
import { parseOverrides, resolveOptions } from "../train/options.ts";
import { resumeExperiment } from "./resume-experiment.ts";
import { stateProvenance } from "./state-provenance.ts";
import { trainFlags, trainNew } from "./train.ts";

/** All runs speak the same tokens, so that size and text are all they differ in. */
const VOCABULARY = 2048;
/** Loss on all text from beginning to end: what the law is about. */
const ALL_TEXT = "replyStretch=0";

export interface RefitInput {
  readonly data: string[];
  readonly minutesEach: readonly number[];
  readonly vocabSize?: number;
  readonly set: string[];
  readonly licence?: string;
  readonly consent?: string;
  readonly device?: Device;
  readonly threads?: number;
}

/** @returns nothing if it was stopped; the same command goes on */
export async function refitScaling(
  input: RefitInput,
  context: CommandContext,
): Promise<FoundFit | undefined> {
  const { data, vocabSize = VOCABULARY } = input;
  const set = [ALL_TEXT, ...input.set];
  const minutesEach = [...new Set(input.minutesEach)];
  refuseUseless({ data, minutesEach, vocabSize, set });
  const sha256 = await hashOfFiles(data);
  const label = labelOf([sha256, vocabSize, set, defaultsWith(set)]);
  const cells = gridOf(label, minutesEach);
  const trainer = await trainerOf({ ...input, vocabSize, set }, context);
  const runs = await trainGrid(cells, trainer, context);
  if (runs.length < cells.length) {
    const kept = `${runs.length} of ${cells.length} runs are finished and kept`;
    context.console.note(`${kept}; the same command goes on.`);
    return undefined;
  }
  const { machine, versions } = await readOrigin();
  const fit = await writeFit(OWN_FIT, {
    created: new Date().toISOString(),
    machine,
    versions,
    corpus: { files: data.map((file) => basename(file)), sha256 },
    settings: { vocabSize, set },
    runs,
    ...fitLaw(runs),
  });
  return { path: OWN_FIT, fit };
}

const labelOf = (parts: readonly unknown[]): string => sha256Of(JSON.stringify(parts)).slice(0, 8);

/** What other versions may do otherwise when nothing is said: runs of theirs are not taken for ours. */
function defaultsWith(set: readonly string[]) {
  const anyShape = { width: 1, expectedTokens: 1, layout: { lanes: 1, microTokens: 1 } };
  return resolveOptions(parseOverrides(set).training, anyShape);
}

/** Before minutes are spent on it. */
function refuseUseless({
  data,
  minutesEach,
  vocabSize,
  set,
}: Required<Pick<RefitInput, "data" | "minutesEach" | "vocabSize" | "set">>): void {
  if (data.includes("-")) {
    throw new HintedError("--refit reads the data more than once; standard input cannot be.", {
      hint: "Write it into a file and name that.",
    });
  }
  if (minutesEach.length < 2) {
    throw new HintedError(`--minutes-each ${minutesEach.join(",")}: one length shows no trend.`, {
      hint: `Give two at least, for example ${MINUTES_EACH.join(",")}.`,
    });
  }
  const { model } = parseOverrides(set);
  const sizes = GRID_PRESETS.map((preset) =>
    nonEmbeddingCount(configOfPreset(preset, { ...model, vocabSize })),
  );
  if (new Set(sizes).size > 1) return;
  throw new HintedError(`--set ${set.slice(1).join(" ")} makes all models of the grid the same.`, {
    hint: "Leave the width out: size is what the runs are to differ in.",
  });
}

/** Each run as `lfz train` would do it; what it says of itself is no result of this command. */
async function trainerOf(
  { data, vocabSize, set, licence, consent, device, threads }: RefitInput,
  { console, ...outer }: CommandContext,
): Promise<GridTrainer> {
  const context = {
    ...outer,
    console: { ...console, print: (text: string) => console.note(text) },
  };
  const stated = await stateProvenance(data, { licence, consent }, context);
  const shared = { data, vocabSize, set, device, threads, ...stated };
  const flagsOf = (given: object) => trainFlags.parse({ ...shared, ...given });
  return {
    start: (cell, tokenizer) => trainNew(flagsOf({ ...cell, tokenizer }), context),
    resume: ({ name }) => resumeExperiment(name, flagsOf({}), context),
  };
}
