/**
 * From feedback to a folder of files that `lfz finetune` learns from.
 *
 *     corrections.jsonl   conversations, for --method sft
 *     pairs.jsonl         chosen and rejected replies, for --method dpo
 *     thumbs.jsonl        replies that are good or bad, for --method kto
 *     held-out/           the same of every twentieth reply: to judge by, never to learn from
 *     left-out.jsonl      what is suspicious, waits or is dropped, and why; no words
 *
 * Consent, tombstones and settings are asked now, whatever they were when the
 * feedback came.
 */

import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { HintedError } from "../core/errors.ts";
import { sha256Of, toJsonText, writeFileAtomic } from "../core/files.ts";
import { gatherFeedback, type Gathered } from "./gather.ts";
import type { Items } from "./items.ts";
import { LineFile } from "./line-file.ts";
import { Numbering } from "./numbering.ts";
import { asDecided, readAgain } from "./read-again.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import { toRows, type FeedbackRow } from "./rows.ts";
import { screen, type Judgement, type Outcome } from "./screen.ts";

/** One reply of so many is held out, for good: its id decides. */
const HELD_OUT = 1 / 20;

const HELD_OUT_FOLDER = "held-out";

export interface ExportOptions {
  readonly folder: string;
  readonly licence: string;
  readonly perPerson: number;
  /** What was said before is passed over; milliseconds since 1970. */
  readonly since: number;
  readonly now: number;
}

export interface Exported {
  /** Rows by file. */
  readonly rows: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Feedback that may not be learnt from, by why. */
  readonly objections: Readonly<Record<string, number>>;
}

/** @throws HintedError if there is something in the folder already */
export async function exportFeedback(
  source: FeedbackSource,
  options: ExportOptions,
): Promise<Exported> {
  const { folder, perPerson, since } = options;
  requireNew(folder);
  const gathered = await gatherFeedback(source, since);
  const judgements = screen(gathered, { settings: source.settings, perPerson });
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  try {
    const report: Exported = {
      rows: await writeRows(partial, takenRows(source, gathered, judgements, options)),
      outcomes: outcomesOf(judgements),
      objections: Object.fromEntries(gathered.objections),
    };
    await writeLeftOut(join(partial, "left-out.jsonl"), gathered.items, judgements);
    await writeFileAtomic(join(partial, "report.json"), toJsonText(report));
    await rm(folder, { recursive: true, force: true }); // it is empty
    await rename(partial, folder);
    return report;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

export function isHeldOut(reply: string): boolean {
  return Number.parseInt(sha256Of(reply).slice(0, 8), 16) / 2 ** 32 < HELD_OUT;
}

function requireNew(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new HintedError(`${folder} is not empty.`, {
    hint: "Name a new folder, so that no row of an earlier export stays among the new ones.",
  });
}

/** Resolves with the number of rows by file; there is no file without any. */
async function writeRows(
  folder: string,
  rows: AsyncIterable<FeedbackRow>,
): Promise<Record<string, number>> {
  const files = new Map<string, LineFile>();
  const counts: Record<string, number> = {};
  const hashes = new Numbering(); // the same words twice are one row, and never on both sides
  await mkdir(join(folder, HELD_OUT_FOLDER), { recursive: true });
  try {
    for await (const { kind, reply, sha256, line } of rows) {
      const written = hashes.size;
      if (hashes.numberOf(sha256) < written) continue;
      const name = join(isHeldOut(reply) ? HELD_OUT_FOLDER : "", `${kind}.jsonl`);
      const file = files.get(name) ?? (await LineFile.create(join(folder, name)));
      files.set(name, file);
      await file.add(line);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    for (const file of files.values()) await file.finish();
  } finally {
    for (const file of files.values()) await file.close();
  }
  return counts;
}

async function* takenRows(
  source: FeedbackSource,
  gathered: Gathered,
  judgements: readonly Judgement[],
  { licence, now }: ExportOptions,
): AsyncGenerator<FeedbackRow> {
  const asked = new Date(now).toISOString().slice(0, 10);
  const consent = `opt-in of everybody whose words these are, asked again on ${asked}`;
  const taken = gathered.items.indicesOf((index) => judgements[index]?.outcome === "taken");
  for await (const { item, decision, context } of readAgain(source, gathered, taken)) {
    yield* toRows(asDecided(item, decision), context, { licence, consent });
  }
}

async function writeLeftOut(
  path: string,
  items: Items,
  judgements: readonly Judgement[],
): Promise<void> {
  const file = await LineFile.create(path);
  try {
    for (const [index, { outcome, reason }] of judgements.entries()) {
      if (outcome === "taken") continue;
      const { id, kind, reply, rater: author, at } = items.at(index);
      const time = new Date(at).toISOString();
      await file.add(JSON.stringify({ id, outcome, reason, kind, reply, author, time }));
    }
    await file.finish();
  } finally {
    await file.close();
  }
}

function outcomesOf(judgements: readonly Judgement[]): Record<Outcome, number> {
  const outcomes = { taken: 0, waiting: 0, held: 0, dropped: 0 };
  for (const { outcome } of judgements) outcomes[outcome]++;
  return outcomes;
}
