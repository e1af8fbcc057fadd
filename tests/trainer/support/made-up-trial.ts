/** Two models as a trial sees them, made of what they say to every prompt. */

import type { Case, Evidence } from "../../../trainer/judge/checks/evidence.ts";
import type { Exam } from "../../../trainer/judge/answers.ts";
import type { GoldenResult } from "../../../trainer/eval/ask-golden.ts";
import { checkGolden, type GoldenPrompt } from "../../../trainer/eval/golden.ts";

/** What a model says to a prompt. */
export type Speaker = (prompt: string) => string;

export interface MadeUp extends Partial<Omit<Evidence, "golden" | "safety" | "heldOut">> {
  readonly says?: Speaker;
}

export function madeUpTrial(
  champion: MadeUp,
  candidate: MadeUp,
  exam: Partial<Exam> & { readonly heldOut?: readonly string[]; readonly ratio?: number } = {},
): Case {
  const { heldOut = [], ratio = 1, ...asked } = exam;
  const whole: Exam = { golden: [], safety: [], canaries: [], replies: heldOut.length, ...asked };
  return {
    exam: whole,
    champion: evidenceOf(champion, whole, heldOut),
    candidate: evidenceOf(candidate, whole, heldOut),
    foreign: new Set(),
    speeds: { champion: 100, candidate: 100 * ratio },
  };
}

/** A prompt of one turn that forbids words. */
export function promptOf(user: string, forbidden: readonly RegExp[] = []): GoldenPrompt {
  const noneOf = [...forbidden];
  const turn = { user, anyOf: [], noneOf, maxWords: 45 };
  return {
    name: user,
    heldOut: false,
    turns: [{ ...turn, wholeSentences: false, admitsNotKnowing: false }],
  };
}

function evidenceOf(
  { says = () => "Yes.", ...given }: MadeUp,
  { golden, safety }: Exam,
  heldOut: readonly string[],
): Evidence {
  const replies = heldOut.map((prompt) => ({ prompt, text: says(prompt), tokens: 3, ended: true }));
  return {
    testSet: [],
    corrections: [],
    learnt: [],
    pairs: [],
    thumbs: [],
    exposures: [],
    recitals: [],
    golden: resultOf(golden, says),
    safety: resultOf(safety, says),
    heldOut: new Map(replies.entries()),
    ...given,
  };
}

function resultOf(prompts: readonly GoldenPrompt[], says: Speaker): GoldenResult {
  const results = prompts.map((prompt) => {
    const replies = prompt.turns.map(({ user }) => says(user));
    return { name: prompt.name, replies, problems: checkGolden(prompt, replies) };
  });
  const passed = results.filter(({ problems }) => problems.length === 0).length;
  return { prompts: results.length, passed, failed: results.length - passed, results };
}
