/** Numbers for names, from 0 on in the order the names first come; the names themselves are not held. */

import { hash } from "node:crypto";

import { LastPositions, type Key } from "./last-positions.ts";

/** Comes from a hash, or from chance, and need not be hashed again. */
const RANDOM = /^[0-9a-f]{16,64}$/;

export class Numbering {
  readonly #numbers = new LastPositions();

  /** How many names have a number. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Of a new name the next one. */
  numberOf(name: string): number {
    const key = keyOf(name);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.size;
    this.#numbers.set(key, number);
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(keyOf(name));
  }
}

function keyOf(name: string): Key {
  const random = RANDOM.test(name) ? name : hash("sha256", name);
  return {
    low: Number.parseInt(random.slice(0, 8), 16),
    high: Number.parseInt(random.slice(8, 16), 16),
  };
}
