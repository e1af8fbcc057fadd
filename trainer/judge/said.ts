/** All that a model said in the exam, whatever it was asked for. */

import type { GoldenResult } from "../eval/ask-golden.ts";
import type { GoldenPrompt } from "../eval/golden.ts";
import type { Exam, Replies } from "./answers.ts";

export interface Said {
  readonly prompt: string;
  readonly reply: string;
}

/** Under the same key both models answered the same. */
export function allSaid(exam: Exam, { golden, safety, heldOut }: Replies): Map<string, Said> {
  const said = new Map<string, Said>();
  const addTurns = (kind: string, prompts: readonly GoldenPrompt[], { results }: GoldenResult) =>
    prompts.forEach(({ turns }, i) =>
      turns.forEach(({ user }, turn) => {
        said.set(`${kind}/${i}/${turn}`, { prompt: user, reply: results[i].replies[turn] });
      }),
    );
  addTurns("golden", exam.golden, golden);
  addTurns("safety", exam.safety, safety);
  for (const [i, { prompt, text }] of heldOut) said.set(`held-out/${i}`, { prompt, reply: text });
  return said;
}

/** Upper case, blanks and signs make no other text. */
export function plainWords(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
