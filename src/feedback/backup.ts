/**
 * All feedback in one file: gzipped lines of JSON, of which the last one says
 * how many there are and what their SHA-256 is. A file that does not end so is
 * not a backup.
 *
 * It holds the key of the pseudonyms too: without it nobody who asks to be
 * forgotten could be found in what is restored.
 */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { z } from "zod";

import { Consents } from "../chat/consent.ts";
import { HintedError } from "../core/errors.ts";
import { readIfThere, readLines, syncFolder } from "../core/files.ts";
import type { Log } from "../log.ts";
import { Pseudonyms } from "../chat/pseudonym-key.ts";
import { MAX_LINE_BYTES } from "../state/journal-lines.ts";
import { ContextRecord } from "./contexts.ts";
import { ForgottenPeople } from "./forgotten.ts";
import { feedbackPaths } from "./open-feedback.ts";
import { readFeedback } from "./read-feedback.ts";
import { FeedbackRecord } from "./record.ts";

const BackupLine = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("lfz-feedback"),
    v: z.literal(1),
    at: z.number(),
    pseudonyms: Pseudonyms,
    consents: Consents,
    forgotten: ForgottenPeople,
  }),
  z.strictObject({ kind: z.literal("feedback"), record: FeedbackRecord }),
  z.strictObject({ kind: z.literal("context"), record: ContextRecord }),
  z.strictObject({ kind: z.literal("end"), lines: z.int(), sha256: z.string() }),
]);

export type BackupLine = z.infer<typeof BackupLine>;

export interface Backup {
  readonly home: string;
  readonly file: string;
  readonly at: number;
  readonly log: Log;
}

/** Resolves with the number of records; the file is whole or not there. */
export async function writeBackup(backup: Backup): Promise<number> {
  const { home, file } = backup;
  const temporary = `${file}.tmp`;
  let records = -1; // the header is none
  const counted = async function* () {
    for await (const line of sealed(linesOf(backup))) {
      records++;
      yield line;
    }
    records--; // nor is the end
  };
  await mkdir(dirname(file), { recursive: true });
  try {
    const target = createWriteStream(temporary, { mode: 0o600, flush: true });
    await pipeline(Readable.from(counted()), createGzip(), target);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
  backup.log.info("feedback backed up", { home, file, records });
  return records;
}

/**
 * The lines of a backup, without its end.
 *
 * @throws HintedError if it is not whole; only after the last line is it known to be
 */
export async function* readBackup(file: string): AsyncGenerator<BackupLine> {
  const hash = createHash("sha256");
  let lines = 0;
  for await (const { bytes, number } of readLines(file, MAX_LINE_BYTES)) {
    const line = parseLine(bytes, `${file}, line ${number}`);
    if ((number === 1) !== (line.kind === "lfz-feedback"))
      throw noBackup(`${file}, line ${number}`);
    if (line.kind === "end") {
      if (line.lines === lines && line.sha256 === hash.digest("hex")) return;
      throw noBackup(file);
    }
    hash.update(bytes).update("\n");
    lines++;
    yield line;
  }
  throw noBackup(file);
}

async function* linesOf({ home, at, log }: Backup): AsyncGenerator<BackupLine> {
  const source = await readFeedback(home, log);
  yield {
    kind: "lfz-feedback",
    v: 1,
    at,
    pseudonyms: Pseudonyms.parse(await keyIn(home)),
    consents: Consents.parse(await jsonOf(join(home, "consent.json"))),
    forgotten: ForgottenPeople.parse(await jsonOf(feedbackPaths(join(home, "feedback")).forgotten)),
  };
  for await (const record of source.records()) yield { kind: "feedback", record };
  for await (const record of source.contexts()) yield { kind: "context", record };
}

async function* sealed(lines: AsyncIterable<BackupLine>): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const line of lines) {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    count++;
    yield text;
  }
  const end: BackupLine = { kind: "end", lines: count, sha256: hash.digest("hex") };
  yield `${JSON.stringify(end)}\n`;
}

/** @throws HintedError if there is none */
async function keyIn(home: string): Promise<unknown> {
  const path = join(home, "pseudonyms.json");
  const text = await readIfThere(path);
  if (text !== undefined) return JSON.parse(text);
  throw new HintedError(
    `There is no ${path}: without the key in it nobody could be found in a backup.`,
    {
      hint: "Name the folder of the bot with LFZ_HOME; if the file was lost, pseudonyms.json.bak is a copy.",
    },
  );
}

async function jsonOf(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  return text === undefined ? {} : JSON.parse(text);
}

function parseLine(bytes: Buffer, where: string): BackupLine {
  try {
    return BackupLine.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw noBackup(where, error);
  }
}

function noBackup(where: string, cause?: unknown): HintedError {
  return new HintedError(`${where}: not a whole backup of feedback.`, {
    hint: "Take a file that `lfz feedback backup` wrote; nothing was restored.",
    cause,
  });
}
