/**
 * The loss of a training that goes on, read as it grows: only what is new is
 * read, and a long run is thinned, so that looking at it costs next to nothing.
 */

import { open } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import type { CurvePoint, LossCurve } from "../../chat/jobs.ts";
import { Figure } from "../../core/experiment/run-record.ts";
import { experimentPaths } from "../../core/experiment/paths.ts";
import type { Job } from "./job.ts";

/** More points of a line than this nobody sees. */
const MOST_POINTS = 400;

/** Read at once, in bytes. */
const CHUNK = 1024 * 1024;

/** Of a line of metrics.jsonl as much as a curve needs. */
const LossLine = z.object({
  type: z.enum(["train", "evaluation"]),
  split: z.string().optional(),
  step: z.number(),
  loss: Figure,
  preference: z.object({ loss: Figure }).optional(),
});

export const NO_CURVE: LossCurve = { train: [], validation: [] };

export class Curves {
  readonly #root: string;
  #path: string | undefined;
  #reader = new CurveReader("");

  /** @param root where experiments lie */
  constructor(root: string) {
    this.#root = root;
  }

  /** None where nothing was trained yet. */
  async of({ candidate }: Pick<Job, "candidate">): Promise<LossCurve> {
    if (candidate === undefined) return NO_CURVE;
    const path = experimentPaths(join(this.#root, candidate)).metrics;
    if (path !== this.#path) this.#reader = new CurveReader(path);
    this.#path = path;
    return this.#reader.read();
  }
}

class CurveReader {
  readonly #path: string;
  #position = 0;
  #rest = "";
  #train: CurvePoint[] = [];
  #validation: CurvePoint[] = [];
  /** One training step of so many is kept. */
  #stride = 1;
  #reading: Promise<LossCurve> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whoever asks while it is read is given the same. */
  read(): Promise<LossCurve> {
    return (this.#reading ??= this.#readNew().finally(() => (this.#reading = undefined)));
  }

  async #readNew(): Promise<LossCurve> {
    const file = await open(this.#path, "r").catch(() => undefined); // not begun, or gone: nothing new
    if (!file) return { train: this.#train, validation: this.#validation };
    try {
      const { size } = await file.stat();
      if (size < this.#position) this.#forget(); // a resumed run has cut off what it takes back
      const buffer = Buffer.alloc(CHUNK);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK, this.#position);
        if (bytesRead === 0) break;
        this.#position += bytesRead;
        this.#take(buffer.toString("latin1", 0, bytesRead)); // no character is cut: of a line only figures are read
      }
    } finally {
      await file.close();
    }
    return { train: [...this.#train], validation: [...this.#validation] };
  }

  #forget(): void {
    this.#position = 0;
    this.#rest = "";
    this.#train = [];
    this.#validation = [];
    this.#stride = 1;
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    const { data } = LossLine.safeParse(parseJson(line));
    if (!data) return;
    const point = { step: data.step, loss: data.preference?.loss ?? data.loss }; // what training lowers
    if (!Number.isFinite(point.loss)) return;
    if (data.split === "validation") this.#validation.push(point);
    if (data.type === "train" && data.step % this.#stride === 0) this.#train.push(point);
    if (this.#train.length <= MOST_POINTS) return;
    this.#stride *= 2;
    this.#train = this.#train.filter(({ step }) => step % this.#stride === 0);
  }
}

/** Nothing for a torn line: the trainer itself repairs it. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
