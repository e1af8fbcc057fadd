/** `lfz experiments remove`: takes a run off the disk, whole. */

import { readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { formatBytes } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import { requireExperiment } from "../../src/core/experiment/experiments.ts";
import { syncFolder } from "../../src/core/files.ts";
import { lockFolder } from "../../src/core/lock.ts";
import { experimentsFlags } from "./experiments-flags.ts";

export const experimentsRemove = defineCommand({
  name: "experiments remove",
  summary: "Delete runs: weights, checkpoints, history",
  usage: "NAME... --yes [--root DIR]",
  flags: experimentsFlags.extend({
    yes: z.boolean().default(false).describe("really; there is no way back"),
  }),
  positionals: { name: "NAME", min: 1, max: Infinity },
  examples: ["lfz experiments remove 2026-11-23-micro-1 --yes"],
  async run({ root, yes, positionals }, { console }) {
    const names = [...new Set(positionals)];
    const folders = await Promise.all(names.map((name) => requireExperiment(root, name)));
    const sizes = await Promise.all(folders.map(sizeOfFolder));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (!yes) {
      throw new HintedError(
        `Nothing was removed: ${formatBytes(bytes)} in ${folders.join(", ")} would be gone for good.`,
        { hint: "Say --yes if that is what you want." },
      );
    }
    for (const folder of folders) await removeFolder(folder);
    console.print(`Removed ${folders.join(", ")}: ${formatBytes(bytes)} are free again.`);
    return { removed: names, bytes };
  },
});

/** The name is free at once; a crash in between leaves a hidden folder, never half an experiment. */
async function removeFolder(folder: string): Promise<void> {
  const lock = await lockFolder(folder); // nobody may be training there
  const doomed = join(dirname(folder), `.removed-${process.pid}-${Date.now()}`);
  try {
    await rename(folder, doomed);
  } catch (error) {
    await lock.release();
    throw error;
  }
  await syncFolder(dirname(folder));
  await rm(doomed, { recursive: true });
}

async function sizeOfFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
