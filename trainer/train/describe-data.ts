/** What run.json says about the data: hashes of the files, counts and origins of the rows. */

import { basename } from "node:path";

import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { digestOfFile } from "../../src/core/files.ts";
import type { ShardManifest } from "../data/manifest.ts";
import { nameOf } from "../data/read-rows.ts";
import type { ShardSet } from "../data/shards.ts";
import type { OpenReplay } from "./open-replay.ts";
import type { DataFlags } from "./run-settings.ts";

const STANDARD_INPUT = nameOf("-");

export async function describeData(
  { data, replay: repeated = [] }: DataFlags,
  { manifest }: ShardSet,
  replay: OpenReplay | null,
): Promise<RunRecord["data"]> {
  const { splits } = manifest;
  const perSplit = (key: "conversations" | "tokens") => ({
    train: splits.train[key],
    validation: splits.validation[key],
    test: splits.test[key],
  });
  return {
    files: await describeFiles(data),
    conversations: perSplit("conversations"),
    tokens: perSplit("tokens"),
    sources: sourcesOf(manifest),
    ...(replay && {
      replay: {
        ...replay.described,
        files: await describeFiles(repeated),
        sources: sourcesOf(replay.manifest),
      },
    }),
  };
}

/** Whether a run learnt what is described now; what the files are called does not count. */
export function isDataOf(run: Pick<RunRecord, "data" | "flags">, now: RunRecord["data"]): boolean {
  if (hashesOfData(run.data) === hashesOfData(now)) return true;
  if (!isSilentOnStandardInput(run)) return false;
  const files = now.files.filter(({ name }) => name !== STANDARD_INPUT);
  const isFilesAlone = hashesOfData(run.data) === hashesOfData({ ...now, files });
  return isFilesAlone && countsOf(run.data) === countsOf(now);
}

/** Older records say of standard input only how much came. */
function isSilentOnStandardInput({ data, flags }: Pick<RunRecord, "data" | "flags">): boolean {
  const given = Array.isArray(flags.data) && flags.data.includes("-");
  return given && !data.files.some(({ name }) => name === STANDARD_INPUT);
}

const countsOf = ({ conversations, tokens }: RunRecord["data"]) =>
  JSON.stringify([conversations, tokens]);

/** The same for the same files in the same order, whatever they are called. */
function hashesOfData({ files, replay }: RunRecord["data"]): string {
  const hashesOf = (these: typeof files) => these.map(({ sha256 }) => sha256).join();
  return replay ? `${hashesOf(files)} beside ${hashesOf(replay.files)}` : hashesOf(files);
}

function describeFiles(files: readonly string[]): Promise<RunRecord["data"]["files"]> {
  return Promise.all(
    files.map(async (file) => ({ name: basename(nameOf(file)), ...(await digestOfFile(file)) })),
  );
}

function sourcesOf({ sources }: ShardManifest): RunRecord["data"]["sources"] {
  return Object.entries(sources).map(([source, { licences, consents, conversations }]) => ({
    source,
    licences,
    consents,
    conversations,
  }));
}
