/**
 * `tensorboard/events.out.tfevents.*`: the figures of `metrics.jsonl` for
 * TensorBoard.
 *
 * The metrics log is the truth. Whoever begins or resumes a run writes its
 * lines anew into one file and goes on from there, so that the folder never
 * holds a step that the run has taken back.
 */

import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import type { MetricsLine, MetricsLog } from "../../src/core/experiment/metrics-log.ts";
import type { ProtobufMessage } from "../../src/core/protobuf.ts";
import { restartEvent, scalarsEvent, versionEvent } from "./events.ts";
import { toRecord } from "./record.ts";

export interface TensorBoardOptions {
  readonly folder: string;
  /** The lines of the log so far. */
  readonly lines: readonly MetricsLine[];
  /** When the run was created: a line's time is this and the seconds it tells, without pauses. */
  readonly created: Date;
  /** Names the file: TensorBoard reads on in a later name. */
  readonly now: Date;
}

/** The log, with every line that is appended written for TensorBoard too. */
export async function withTensorBoard(
  log: MetricsLog,
  { folder, lines, created, now }: TensorBoardOptions,
): Promise<MetricsLog> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const name = `events.out.tfevents.${Math.floor(now.getTime() / 1000)}.lfz`;
  const file = await open(join(folder, name), "a");
  const events = new EventWriter(file, created.getTime() / 1000);
  await events.begin();
  for (const line of lines) await events.add(line);
  return {
    async append(line) {
      await log.append(line);
      await events.add(line);
    },
    async close() {
      await log.close();
      await file.close();
    },
  };
}

class EventWriter {
  readonly #file: FileHandle;
  readonly #created: number;
  #trained = 0;

  constructor(file: FileHandle, created: number) {
    this.#file = file;
    this.#created = created;
  }

  /** A file from before a pause is gone: a TensorBoard that has read it forgets it. */
  async begin(): Promise<void> {
    await this.#write(versionEvent(this.#created));
    await this.#write(restartEvent(this.#created, 0));
  }

  async add(line: MetricsLine): Promise<void> {
    if (line.type === "note") return;
    const time = this.#created + line.seconds;
    if (line.type === "train") {
      // the run went back to a checkpoint, away from a loss that had jumped
      if (line.step <= this.#trained) await this.#write(restartEvent(time, line.step));
      this.#trained = line.step;
    }
    await this.#write(scalarsEvent(line, time));
  }

  async #write(event: ProtobufMessage): Promise<void> {
    await this.#file.writeFile(toRecord(event.toBytes()));
  }
}
