/**
 * The words of the newest replies, in memory only: enough to explain them,
 * and gone with the process.
 */

import type { SaidToken } from "../generate/types.ts";
import { leastSureOf, wordsOf, type SaidWord } from "./certainty.ts";
import { RecentMap } from "./recent.ts";

/** With `TEXT_LIMIT` at most about 4 MB. */
export const REMEMBERED_WORDINGS = 500;

/** Characters of a question, and of a reply. */
const TEXT_LIMIT = 2000;

const LEAST_SURE = 5;
const WORD_LIMIT = 40;

export interface Said {
  /** Pseudonym of whoever asked. */
  readonly asker: string;
  readonly question: string;
  readonly reply: string;
  readonly leastSure: readonly SaidWord[];
}

export class SaidLately {
  readonly #said = new RecentMap<string, Said>(REMEMBERED_WORDINGS);

  keep(
    replyId: string,
    said: Omit<Said, "leastSure"> & { readonly tokens: readonly SaidToken[] },
  ): void {
    const { asker, question, reply, tokens } = said;
    const words = leastSureOf(wordsOf(tokens), LEAST_SURE);
    this.#said.set(replyId, {
      asker,
      question: question.slice(-TEXT_LIMIT),
      reply: reply.slice(0, TEXT_LIMIT),
      leastSure: words.map(({ text, ...word }) => ({ ...word, text: text.slice(0, WORD_LIMIT) })),
    });
  }

  of(replyId: string): Said | undefined {
    return this.#said.get(replyId);
  }

  delete(replyId: string): void {
    this.#said.delete(replyId);
  }

  /** Forgets all that this person (a pseudonym) asked, and what was answered. */
  forget(person: string): void {
    for (const [replyId, { asker }] of this.#said) {
      if (asker === person) this.#said.delete(replyId);
    }
  }
}
