/**
 * Checkpoints: everything that makes the rest of a run come out the same.
 *
 * A checkpoint is one safetensors file (weights and both moments) with the
 * state of the loop in its metadata; `index.json` names the newest ones and
 * the best weights with their hashes. Files are written whole and the index
 * last, so a crash at any moment leaves an index whose files are there.
 */

import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { HintedError } from "../../src/core/errors.ts";
import {
  readSafetensorsHeader,
  readSafetensorsInto,
  writeSafetensors,
  type Tensor,
} from "../../src/core/experiment/safetensors.ts";
import { readIfThere, sha256OfFile, writeFileAtomic } from "../../src/core/files.ts";
import type { ParameterBlock } from "../model/parameter-store.ts";

/** Besides the best, this many of the newest are kept: the last may be damaged. */
const KEPT = 2;

/** Where the loop stands. */
export const LoopState = z.strictObject({
  step: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
  /** The next row of the data. */
  cursor: z.strictObject({
    epoch: z.int().nonnegative(),
    window: z.int().nonnegative(),
    row: z.int().nonnegative(),
  }),
  loss: z.enum(["all", "replies"]),
  /** Evaluations done. */
  evaluations: z.int().nonnegative(),
  best: z.strictObject({ step: z.int(), loss: z.number() }).nullable(),
  waited: z.int().nonnegative(),
  /** Further from where it began than a KL limit allows. */
  isTooFar: z.boolean().default(false),
  /** Of the training loss: its running mean, and the lowest that has been after the warmup. */
  smoothLoss: z.number().nullable().default(null),
  lowestLoss: z.number().nullable().default(null),
  /** Halved whenever the run had to go back to a checkpoint. */
  rateFactor: z.number().positive(),
  rollbacks: z.int().nonnegative(),
});

export type LoopState = z.infer<typeof LoopState>;

export interface TrainedBlocks {
  readonly weights: ParameterBlock;
  readonly firstMoment: ParameterBlock;
  readonly secondMoment: ParameterBlock;
}

const Entry = z.strictObject({ file: z.string(), step: z.int(), sha256: z.string() });
const Index = z.strictObject({ newest: z.array(Entry), best: Entry.nullable() });
type Entry = z.infer<typeof Entry>;
type Index = z.infer<typeof Index>;

export class Checkpoints {
  readonly #folder: string;
  #index: Index;

  private constructor(folder: string, index: Index) {
    this.#folder = folder;
    this.#index = index;
  }

  static async open(folder: string): Promise<Checkpoints> {
    await mkdir(folder, { recursive: true });
    return new Checkpoints(folder, await readIndex(folder));
  }

  /** The step of the newest checkpoint, if there is one. */
  get newestStep(): number | undefined {
    return this.#index.newest[0]?.step;
  }

  async save(state: LoopState, blocks: TrainedBlocks): Promise<void> {
    const file = `step-${String(state.step).padStart(8, "0")}.safetensors`;
    const entry = await this.#write(file, state.step, tensorsOf(blocks), {
      state: JSON.stringify(state),
    });
    const older = this.#index.newest.filter((known) => known.file !== file);
    await this.#replaceIndex({
      ...this.#index,
      newest: [entry, ...older].slice(0, KEPT),
    });
  }

  /** Keeps these weights as the best so far. */
  async saveBest(step: number, weights: ParameterBlock): Promise<void> {
    // A name of its own, so that the old best stays whole until the index points here.
    const file = `best-${String(step).padStart(8, "0")}.safetensors`;
    const best = await this.#write(file, step, weights.values, {});
    await this.#replaceIndex({ ...this.#index, best });
  }

  /**
   * Reads the newest checkpoint that is whole into the blocks.
   *
   * @returns its state, or nothing if there has been no checkpoint.
   * @throws HintedError if there are checkpoints and all of them are damaged.
   */
  async restore(blocks: TrainedBlocks): Promise<LoopState | undefined> {
    for (const entry of this.#index.newest) {
      const path = join(this.#folder, entry.file);
      if (!(await isWhole(path, entry.sha256))) continue;
      const { metadata } = await readSafetensorsHeader(path);
      await readSafetensorsInto(path, tensorsOf(blocks));
      return LoopState.parse(JSON.parse(metadata.state ?? "null"));
    }
    if (this.#index.newest.length === 0) return undefined;
    throw new HintedError(`All checkpoints in ${this.#folder} are damaged.`, {
      hint: "Train again under another --name, or restore the folder from a backup.",
    });
  }

  /** Reads the best weights back; false if none were kept. */
  async restoreBest(weights: ParameterBlock): Promise<boolean> {
    const { best } = this.#index;
    if (!best) return false;
    const path = join(this.#folder, best.file);
    if (!(await isWhole(path, best.sha256))) {
      throw new HintedError(`${path} is damaged: its SHA-256 is not the one in index.json.`, {
        hint: "Restore the file from a backup, or train again under another --name.",
      });
    }
    await readSafetensorsInto(path, weights.values);
    return true;
  }

  async #write(
    file: string,
    step: number,
    tensors: ReadonlyMap<string, Tensor>,
    metadata: Record<string, string>,
  ): Promise<Entry> {
    const path = join(this.#folder, file);
    await writeSafetensors(path, tensors, { metadata: { format: "pt", ...metadata } });
    return { file, step, sha256: await sha256OfFile(path) };
  }

  async #replaceIndex(index: Index): Promise<void> {
    this.#index = index;
    await writeFileAtomic(indexPath(this.#folder), JSON.stringify(index, undefined, 2));
    const kept = new Set([index.best, ...index.newest].map((entry) => entry?.file));
    for (const file of await readdir(this.#folder)) {
      if (file.includes(".safetensors") && !kept.has(file)) {
        await rm(join(this.#folder, file), { force: true });
      }
    }
  }
}

const indexPath = (folder: string) => join(folder, "index.json");

/** Whether there is one to go on from. */
export function hasCheckpoint(folder: string): boolean {
  return existsSync(indexPath(folder));
}

async function readIndex(folder: string): Promise<Index> {
  const path = indexPath(folder);
  const text = await readIfThere(path);
  if (text === undefined) return { newest: [], best: null };
  try {
    return Index.parse(JSON.parse(text));
  } catch (cause) {
    throw new HintedError(`${path} is damaged.`, {
      hint: "Restore the file from a backup, or train again under another --name.",
      cause,
    });
  }
}

/** The three blocks as one file's worth of tensors. */
function tensorsOf({ weights, firstMoment, secondMoment }: TrainedBlocks): Map<string, Tensor> {
  return new Map([
    ...weights.values,
    ...prefixed("first_moment.", firstMoment),
    ...prefixed("second_moment.", secondMoment),
  ]);
}

function prefixed(prefix: string, { values }: ParameterBlock): [string, Tensor][] {
  return [...values].map(([name, value]) => [`${prefix}${name}`, value]);
}

async function isWhole(path: string, sha256: string): Promise<boolean> {
  try {
    return (await sha256OfFile(path)) === sha256;
  } catch {
    return false; // gone or unreadable counts as damaged
  }
}
