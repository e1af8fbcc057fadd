/** From a name that a person says to a version the registry knows, and back to a folder that is still what it was. */

import { basename, resolve } from "node:path";

import { HintedError } from "../core/errors.ts";
import { requireFolder } from "../core/experiment/folder.ts";
import { hashOfManifest } from "../core/experiment/manifest.ts";
import { readRunRecord } from "../core/experiment/run-record.ts";
import { listServable } from "../generate/find-model.ts";
import type { Registry } from "./registry.ts";
import type { Version } from "./registry-state.ts";

/** Where it came from, if nobody knows better: `lfz train` or `lfz finetune` made it. */
const TRAINED_HERE = "an experiment of this machine";

/**
 * A version by its name, or the finished experiment of that name as a new one.
 * Finding it changes nothing: only what is promoted is written down.
 *
 * @throws HintedError if there is neither.
 */
export async function findVersion(
  name: string,
  { registry, root }: { registry: Registry; root: string },
): Promise<Version> {
  const experiments = await listServable(root);
  const experiment = experiments.find((one) => one.name === name);
  const known = registry.find(name);
  if (known && (!experiment || resolve(experiment.folder) !== known.folder)) return known;
  if (experiment) {
    return registry.versionOf({ ...(await readVersion(experiment.folder)), from: TRAINED_HERE });
  }
  throw unknownVersion(name, registry, experiments);
}

/** What a folder is, before anybody has opened it. */
export async function readVersion(
  folder: string,
): Promise<Pick<Version, "name" | "folder" | "manifest">> {
  const absolute = resolve(folder);
  await requireFolder(absolute);
  const { files } = await readRunRecord(absolute);
  return { name: basename(absolute), folder: absolute, manifest: hashOfManifest(files) };
}

/** @throws HintedError if the folder is gone, or another model lies there now. */
export async function requireUnchanged({ folder, manifest }: Version): Promise<void> {
  if ((await readVersion(folder)).manifest === manifest) return;
  throw new HintedError(`${folder} holds another model than the one that was promoted.`, {
    hint: "Promote it again if that is meant.",
  });
}

function unknownVersion(
  name: string,
  { versions }: Registry,
  experiments: readonly { readonly name: string }[],
): HintedError {
  const names = [...new Set([...versions, ...experiments].map((one) => one.name))];
  return new HintedError(`There is no model ${name.slice(0, 100)} that can be promoted.`, {
    hint:
      names.length > 0
        ? `There are: ${names.slice(-10).join(", ")}.`
        : "There is none yet: `lfz train` makes one.",
  });
}
