/**
 * Ends a reply before it recites what somebody else said in private.
 *
 * Of what is written only that is held back which may yet become such a run:
 * a reply that begins like none is shown word by word.
 */

import { keyOf, runsIn, wordsIn, type Word } from "./words.ts";

export interface RecitalGuardOptions {
  /** What stands in the conversation may be said in it. */
  readonly texts: readonly string[];
  readonly isPrivate: (key: number) => boolean;
  readonly mayBegin: (words: readonly Word[], begin: number) => boolean;
  readonly isPublic: (words: readonly string[]) => Promise<boolean>;
}

export interface Passed {
  /** What may be shown now. */
  readonly text: string;
  /** The rest would have repeated something private: nothing follows. */
  readonly isCut: boolean;
}

/** "don" and "don'" may become "don't". */
const MAY_GO_ON = /^['’]?$/;

export class RecitalGuard {
  readonly #options: RecitalGuardOptions;
  #known: ReadonlySet<number> | undefined;
  #text = "";
  #shown = 0;
  /** The words that are whole, and may be part of a run to come. */
  #words: Word[] = [];
  /** All before it is in `#words`, or was. */
  #readUpTo = 0;

  constructor(options: RecitalGuardOptions) {
    this.#options = options;
  }

  async push(text: string): Promise<Passed> {
    this.#text += text;
    const words = [...wordsIn(this.#text, this.#readUpTo)];
    const last = words.at(-1);
    const isWhole = last === undefined || !MAY_GO_ON.test(this.#text.slice(last.end));
    if (!isWhole) words.pop();
    return (await this.#cut(words)) ?? this.#show(this.#safeUpTo(isWhole ? undefined : last));
  }

  /** No more comes: what was held back is shown, if it became nothing. */
  async end(): Promise<Passed> {
    const words = [...wordsIn(this.#text, this.#readUpTo)];
    return (await this.#cut(words)) ?? this.#show(this.#text.length);
  }

  /** What may be shown before a recital, if these words complete one. */
  async #cut(words: readonly Word[]): Promise<Passed | undefined> {
    this.#words.push(...words);
    this.#readUpTo = words.at(-1)?.end ?? this.#readUpTo;
    let begun = 0;
    for (const { begin, end } of runsIn(this.#words)) {
      if (await this.#isRecital(begin, end))
        return { ...this.#show(this.#words[begin]?.start ?? 0), isCut: true };
      begun = begin + 1;
    }
    this.#words = this.#words.slice(begun);
    return undefined;
  }

  async #isRecital(begin: number, end: number): Promise<boolean> {
    const key = keyOf(this.#words, begin, end);
    const { isPrivate, isPublic, texts } = this.#options;
    if (!isPrivate(key)) return false;
    this.#known ??= new Set(texts.flatMap(keysOf));
    if (this.#known.has(key)) return false;
    return !(await isPublic(this.#words.slice(begin, end).map(({ text }) => text)));
  }

  /** Up to the first word with which a run may begin. */
  #safeUpTo(unfinished: Word | undefined): number {
    const { mayBegin } = this.#options;
    const words = unfinished ? [...this.#words, unfinished] : this.#words;
    const first = words.find((word, begin) => word === unfinished || mayBegin(this.#words, begin));
    return first?.start ?? this.#text.length;
  }

  #show(upTo: number): Passed {
    const text = this.#text.slice(this.#shown, Math.max(this.#shown, upTo));
    this.#shown += text.length;
    return { text, isCut: false };
  }
}

function keysOf(text: string): number[] {
  const words = [...wordsIn(text)];
  return [...runsIn(words)].map(({ begin, end }) => keyOf(words, begin, end));
}
