/**
 * A fit on disk: the law, the runs it was fitted to, and where they ran.
 *
 * Knows the file and where it lies; not how a fit is made.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { complaintsOf } from "../../src/core/complaint.ts";
import { HintedError, reasonOf } from "../../src/core/errors.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import { RunRecord } from "../../src/core/experiment/run-record.ts";
import { readText, toJsonText, writeFileAtomic } from "../../src/core/files.ts";
import { packageFolder } from "../../src/core/package.ts";
import { ScalingLaw } from "./law.ts";

/** Raised when the file changes so that older code would misread it. */
const FIT_SCHEMA = 1;

/** What `--refit` writes here; it is preferred to what ships with the code. */
export const OWN_FIT = join(EXPERIMENTS_ROOT, "scaling.json");
const SHIPPED_FIT = join(packageFolder, "trainer", "scaling", "fit.json");

export const FittedRun = z.strictObject({
  /** Its folder under experiments/. */
  name: z.string(),
  preset: z.string(),
  minutes: z.number().positive(),
  /** Outside the embedding. */
  parameters: z.int().positive(),
  steps: z.int().positive(),
  tokens: z.int().positive(),
  seconds: z.number().positive(),
  /** Of text: read in all, and different. */
  bytes: z.number().positive(),
  uniqueBytes: z.number().positive(),
  /** Of the validation split. */
  bitsPerByte: z.number().positive(),
});

export type FittedRun = z.infer<typeof FittedRun>;

export const ScalingFit = z.strictObject({
  schema: z.literal(FIT_SCHEMA),
  created: z.iso.datetime(),
  machine: RunRecord.shape.machine,
  versions: RunRecord.shape.versions,
  corpus: z.strictObject({
    /** Base names, and the hash of all in their order. */
    files: z.array(z.string()),
    sha256: z.string(),
  }),
  settings: z.strictObject({ vocabSize: z.int().positive(), set: z.array(z.string()) }),
  runs: z.array(FittedRun).min(1),
  law: ScalingLaw,
  /** The standard error of the runs about the law, as a share. */
  error: z.number().nonnegative(),
});

export type ScalingFit = z.infer<typeof ScalingFit>;

export interface FoundFit {
  readonly path: string;
  readonly fit: ScalingFit;
}

export async function writeFit(path: string, fit: Omit<ScalingFit, "schema">): Promise<ScalingFit> {
  const whole = ScalingFit.parse({ schema: FIT_SCHEMA, ...fit });
  await writeFileAtomic(path, toJsonText(whole));
  return whole;
}

/** The file that is named; else the one made here, else the one that ships. */
export async function findFit(named: string | undefined): Promise<FoundFit> {
  const path = named ?? (existsSync(OWN_FIT) ? OWN_FIT : SHIPPED_FIT);
  return { path, fit: parseFit(await readText(path, "scaling fit"), path) };
}

function parseFit(text: string, path: string): ScalingFit {
  const hint = "Make one with `lfz data advise --refit --data FILE...`.";
  const json = parseJson(text, path, hint);
  const { schema } = z.object({ schema: z.unknown() }).catch({ schema: undefined }).parse(json);
  if (schema !== FIT_SCHEMA) {
    const what =
      schema === undefined
        ? "is no scaling fit: it has no schema number"
        : `has schema ${JSON.stringify(schema)}; this version reads schema ${FIT_SCHEMA}`;
    throw new HintedError(`${path} ${what}.`, { hint });
  }
  const parsed = ScalingFit.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new HintedError(`${path} is damaged: ${complaintsOf(parsed.error, json)}.`, {
    hint,
    cause: parsed.error,
  });
}

function parseJson(text: string, path: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HintedError(`${path} is no scaling fit: not JSON (${reasonOf(cause)}).`, {
      hint,
      cause,
    });
  }
}
