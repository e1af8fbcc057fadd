/** Experiments that came one from the other, as records without a model. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { writeLineage } from "../../src/core/experiment/lineage.ts";
import { writeRunRecord } from "../../src/core/experiment/run-record.ts";
import { sha256Of } from "../../src/core/files.ts";
import { exampleRun } from "./example-run.ts";

interface Member {
  readonly name: string;
  readonly base?: string;
  readonly averaged?: readonly string[];
  readonly authors: readonly string[];
  /** What its weights are, if they are not those that its name stands for. */
  readonly weights?: string;
}

export async function writeFamily(root: string, members: readonly Member[]): Promise<void> {
  for (const { name, base, averaged, authors, weights = name } of members) {
    const folder = join(root, name);
    await mkdir(folder, { recursive: true });
    await writeLineage(folder, { authors, rows: authors.map(sha256Of), base: base ?? null });
    await writeRunRecord(
      folder,
      exampleRun({
        name,
        ...(base && { base: { name: base, sha256: sha256Of(base) } }),
        ...(averaged && {
          averaged: averaged.map((one) => ({ name: one, seed: 1, sha256: sha256Of(one) })),
        }),
        files: { "model.safetensors": { sha256: sha256Of(weights), bytes: 1 } },
      }),
    );
  }
}
