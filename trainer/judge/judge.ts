/**
 * A candidate against the champion: both sit the same exam, one after the
 * other, and checks compare what they made of it. A new check is a file in
 * checks/ and its place in one of the two lists here.
 */

import type { Check } from "../../src/core/experiment/verdict.ts";
import {
  repliesOf,
  scoresOf,
  type AskOptions,
  type Contestant,
  type Exam,
  type Replies,
} from "./answers.ts";
import type { Case, Evidence } from "./checks/evidence.ts";
import { checkFeedback, showLearnt } from "./checks/feedback.ts";
import { checkGolden } from "./checks/golden.ts";
import { checkMemory } from "./checks/memory.ts";
import { checkOneAnswer, foreignSentences } from "./checks/one-answer.ts";
import { checkReplies } from "./checks/replies.ts";
import { checkSafety } from "./checks/safety.ts";
import { checkSpeed } from "./checks/speed.ts";
import { checkTestSet } from "./checks/test-set.ts";
import type { PrivateText } from "./feedback-rows.ts";
import { findRecitals, type Recital } from "./recitals.ts";
import { allSaid } from "./said.ts";
import { measureSpeeds, type Speeds } from "./speed.ts";
import type { Findings } from "./verdict.ts";

type CheckList = readonly ((trial: Case) => Check[])[];

const PROOFS: CheckList = [checkTestSet, checkFeedback];
const SAFEGUARDS: CheckList = [
  showLearnt,
  checkGolden,
  checkSafety,
  checkOneAnswer,
  checkReplies,
  checkMemory,
  checkSpeed,
];

export interface JudgeOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
  readonly onProgress?: (title: string, fraction: number, text: string) => void;
  /** Read only if something is found in them, and anew each time. */
  readonly privateTexts: () => AsyncIterable<PrivateText>;
  readonly originalTexts: () => AsyncIterable<string>;
}

export async function judge(
  contestants: { readonly champion: Contestant; readonly candidate: Contestant },
  exam: Exam,
  options: JudgeOptions,
): Promise<Findings> {
  const champion = await examine("champion", contestants.champion, exam, options);
  const candidate = await examine("candidate", contestants.candidate, exam, options);
  const speeds = await speedsOf(contestants, options);
  const foreign = await foreignSentences(exam, champion, candidate, options.originalTexts);
  const trial: Case = { exam, champion, candidate, speeds, foreign };
  const run = (checks: CheckList) => checks.flatMap((check) => check(trial));
  return { proofs: run(PROOFS), safeguards: run(SAFEGUARDS) };
}

async function examine(
  title: string,
  contestant: Contestant,
  exam: Exam,
  options: JudgeOptions,
): Promise<Evidence> {
  const { signal, onProgress } = options;
  const asking: AskOptions = {
    signal,
    onProgress: (fraction, text) => onProgress?.(title, fraction, text),
  };
  const scores = await scoresOf(contestant, exam, asking);
  const replies = await repliesOf(contestant, exam, asking);
  return { ...scores, ...replies, recitals: await recitalsOf(exam, replies, options) };
}

function recitalsOf(
  exam: Exam,
  replies: Replies,
  { privateTexts, originalTexts }: JudgeOptions,
): Promise<Recital[]> {
  return findRecitals([...allSaid(exam, replies).values()], privateTexts(), originalTexts);
}

async function speedsOf(
  { champion, candidate }: { readonly champion: Contestant; readonly candidate: Contestant },
  { now, signal }: JudgeOptions,
): Promise<Speeds> {
  const [first, second] = [await champion.openDecoder(), await candidate.openDecoder()];
  try {
    return await measureSpeeds(first, second, now, signal);
  } finally {
    first.dispose();
    second.dispose();
  }
}
