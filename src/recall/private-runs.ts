/**
 * The runs of words that people said in private, as hashes, and who said
 * them. No word can be read back from it.
 */

import type { ContextRecord } from "../feedback/contexts.ts";
import { RunTable } from "./run-table.ts";
import { keyOf, runsIn, wordsIn, type Word } from "./words.ts";

/** With their places at most about 50 MB; a conversation of 200 words has 190. Then the oldest are forgotten. */
const MOST_RUNS = 2_000_000;

/** What so many people said is nobody's secret. */
const COMMON = 5;

/** After so many words of a run it is asked whether it may still become one. */
const BEGINNINGS = [6, 3, 1] as const;

export class PrivateRuns {
  readonly #table: RunTable;
  readonly #beginnings = new Beginnings();
  /** Groups of people (pseudonyms) who said the same; a run has the number of its group. */
  readonly #groups: string[][] = [[]];
  readonly #numbers = new Map<string, number>();

  constructor(limit = MOST_RUNS) {
    this.#table = new RunTable(limit);
  }

  get isEmpty(): boolean {
    return this.#table.size === 0;
  }

  /** What people said in it, but not what they repeated of what the bot had said. */
  add({ turns }: ContextRecord): void {
    const heard = new Set<number>();
    for (const { content, author } of turns) {
      const words = [...wordsIn(content)];
      for (const { begin, end } of runsIn(words)) {
        const key = keyOf(words, begin, end);
        if (author === undefined) heard.add(key);
        else if (!heard.has(key)) {
          this.#take(key, author);
          for (const count of BEGINNINGS) this.#beginnings.add(keyOf(words, begin, begin + count));
        }
      }
    }
  }

  /** Was it said in private by others, and not by this person? */
  isPrivateTo(person: string | undefined, key: number): boolean {
    const group = this.#groups[this.#table.get(key)] ?? [];
    if (group.length === 0 || group.length >= COMMON) return false;
    return person === undefined || !group.includes(person);
  }

  /** May the words from `begin` on be the beginning of a run? Now and then yes where it is no. */
  mayBegin(words: readonly Word[], begin: number): boolean {
    const count = BEGINNINGS.find((one) => begin + one <= words.length) ?? 1;
    return this.#beginnings.mayHave(keyOf(words, begin, begin + count));
  }

  #take(key: number, author: string): void {
    const before = this.#groups[this.#table.get(key)] ?? [];
    if (before.length >= COMMON || (before.length > 0 && before.includes(author))) return;
    this.#table.set(key, this.#numberOf([...before, author].sort()));
  }

  #numberOf(group: string[]): number {
    const name = group.join(" ");
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#groups.push(group) - 1;
    this.#numbers.set(name, number);
    return number;
  }
}

/** A Bloom filter of 4 MB: with six million beginnings one question in ten is answered yes by chance. */
class Beginnings {
  static readonly BITS = 2 ** 25;
  #bits = new Uint8Array();

  add(key: number): void {
    if (this.#bits.length === 0) this.#bits = new Uint8Array(Beginnings.BITS / 8);
    for (const bit of placesOf(key)) this.#bits[bit >>> 3]! |= 1 << (bit & 7);
  }

  mayHave(key: number): boolean {
    return placesOf(key).every((bit) => ((this.#bits[bit >>> 3] ?? 0) >>> (bit & 7)) & 1);
  }
}

function placesOf(key: number): [number, number] {
  return [key % Beginnings.BITS, Math.floor(key / Beginnings.BITS) % Beginnings.BITS];
}
