/** What the judge said of a version, for whoever promotes it. */

import { join } from "node:path";

import { z } from "zod";

import { HintedError, reasonOf } from "../core/errors.ts";
import { Verdict, VERDICT_FILE } from "../core/experiment/verdict.ts";
import { readIfThere } from "../core/files.ts";
import type { Actor } from "./audit.ts";
import { wasJudgedToLose } from "./refusals.ts";

/** Nothing if it was not judged yet. @throws HintedError if the file cannot be read */
export async function readVerdict(folder: string): Promise<Verdict | undefined> {
  const path = join(folder, VERDICT_FILE);
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return Verdict.parse(JSON.parse(text));
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? `\n${z.prettifyError(cause)}` : ` ${reasonOf(cause)}.`;
    throw new HintedError(`${path} is no verdict:${why}`, {
      hint: "Judge the version again with `lfz judge`, or delete the file.",
      cause,
    });
  }
}

/** `judged to win against v11: ...` */
export function wordsOf(verdict: Verdict | undefined): string {
  if (!verdict) return "not judged yet";
  const { outcome, champion, reason } = verdict;
  const how = { wins: "to win", holds: "to hold", loses: "to lose" }[outcome];
  return `judged ${how} against ${champion}: ${reason}`;
}

/**
 * What the judge holds against it, where somebody insists nevertheless.
 *
 * @throws HintedError if it loses and nobody insists
 */
export function requireNoLoss(
  verdict: Verdict | undefined,
  { name, isForced = false, by }: { name: string; isForced?: boolean | undefined; by: Actor },
): string | undefined {
  if (verdict?.outcome !== "loses") return undefined;
  if (isForced) return wordsOf(verdict);
  throw wasJudgedToLose(name, wordsOf(verdict), by);
}
