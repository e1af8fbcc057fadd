/** The steps of a job as words for `lfz`: what anybody could type. */

import { join } from "node:path";

import type { JobMethod } from "../../chat/jobs.ts";

/** Where `lfz feedback export` writes what each method learns from. */
const FILE_OF = {
  sft: "corrections.jsonl",
  dpo: "pairs.jsonl",
  kto: "thumbs.jsonl",
} as const satisfies Record<JobMethod, string>;

export function collectLine(folder: string): string[] {
  return ["feedback", "export", "--out", folder];
}

export function countLine(since: number): string[] {
  return ["feedback", "stats", ...flags({ since: new Date(since).toISOString() })];
}

export interface Training {
  /** Folder of the model to begin with. */
  readonly from: string;
  /** Of what was collected. */
  readonly folder: string;
  readonly method: JobMethod;
  /** Conversations that it must not forget. */
  readonly originals: readonly string[];
  readonly name: string;
  readonly minutes?: number | undefined;
  readonly threads: number;
}

export function trainLine(training: Training): string[] {
  const { from, folder, method, originals, name, minutes, threads } = training;
  return [
    "finetune",
    ...flags({ from, data: join(folder, FILE_OF[method]), method, name }),
    ...(method === "dpo" ? [] : flags({ replay: originals })), // originals are no pairs
    ...flags({ ...(minutes !== undefined && { minutes }), threads }),
  ];
}

export function resumeLine(name: string, threads: number): string[] {
  return ["train", ...flags({ resume: name, threads })];
}

export interface Judging {
  /** Folders of the two models. */
  readonly candidate: string;
  readonly champion: string;
  /** Of what was collected. */
  readonly folder: string;
  readonly originals: readonly string[];
}

export function judgeLine({ candidate, champion, folder, originals }: Judging): string[] {
  return ["judge", candidate, ...flags({ against: champion, data: originals, feedback: folder })];
}

/** What there are rows for: corrections say most, thumbs least. */
export function methodFor(
  rows: Readonly<Record<string, number>>,
  wanted: JobMethod | undefined,
): JobMethod | undefined {
  const has = (method: JobMethod) => (rows[FILE_OF[method]] ?? 0) > 0;
  return (wanted ? [wanted] : (["sft", "kto"] as const)).find(has);
}

function flags(values: Readonly<Record<string, string | number | readonly string[]>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [
    `--${name}`,
    ...[value].flat().map(String),
  ]);
}
