/**
 * Where the last record of each key lies: a map from 64 bits to a position,
 * for a million of them in a few megabytes and without work for the collector.
 *
 * Open addressing with linear probing, divided into parts by the first bits of
 * the key, so that growing one of them takes a millisecond and not the time of
 * all. Keys come from a hash: two of a million meet once in 30 million times.
 */

const PARTS = 256;
const FIRST_CAPACITY = 64;
/** Of the places of a part that are taken before it grows. */
const MOST_TAKEN = 0.75;
const GROWTH = 1.5;
const EMPTY = -1;
/** The key was here, and counts no longer. */
const GONE = -2;

/** 64 bits, each half as a whole number: what is often the same in neither of them. */
export interface Key {
  readonly low: number;
  readonly high: number;
}

export class LastPositions {
  readonly #parts = Array.from({ length: PARTS }, () => new Part(FIRST_CAPACITY));
  #size = 0;

  /** How many keys have a position. */
  get size(): number {
    return this.#size;
  }

  get(key: Key): number | undefined {
    const position = this.#partOf(key).get(key);
    return position >= 0 ? position : undefined;
  }

  set(key: Key, position: number): void {
    if (this.#replace(key, position) < 0) this.#size++;
  }

  delete(key: Key): void {
    if (this.get(key) === undefined) return;
    this.#replace(key, GONE);
    this.#size--;
  }

  /** Answers what was there. */
  #replace(key: Key, position: number): number {
    return this.#partOf(key).set(key, position);
  }

  #partOf(key: Key): Part {
    const part = this.#parts[key.high >>> 24]; // there is one for each byte
    if (part) return part;
    throw new RangeError("A key has 64 bits");
  }
}

/** Low and high half of the key, position: so that they come from memory together. */
const WORDS = 3;

class Part {
  #capacity: number;
  #taken = 0;
  #words: Int32Array;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#words = new Int32Array(WORDS * capacity).fill(EMPTY);
  }

  get({ low, high }: Key): number {
    return this.#words[this.#placeOf(low | 0, high | 0) + 2] ?? EMPTY;
  }

  /** Answers what was there. */
  set({ low, high }: Key, position: number): number {
    if (this.#taken >= this.#capacity * MOST_TAKEN) this.#grow();
    return this.#put(low | 0, high | 0, position);
  }

  #put(low: number, high: number, position: number): number {
    const place = this.#placeOf(low, high);
    const before = this.#words[place + 2] ?? EMPTY;
    if (before === EMPTY) this.#taken++;
    this.#words[place] = low;
    this.#words[place + 1] = high;
    this.#words[place + 2] = position;
    return before;
  }

  /** Where the key is, or where it would go. */
  #placeOf(low: number, high: number): number {
    const words = this.#words;
    let place = WORDS * ((low >>> 0) % this.#capacity);
    while (words[place + 2] !== EMPTY && (words[place] !== low || words[place + 1] !== high)) {
      place += WORDS;
      if (place === words.length) place = 0;
    }
    return place;
  }

  #grow(): void {
    const words = this.#words;
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    this.#words = new Int32Array(WORDS * this.#capacity).fill(EMPTY);
    this.#taken = 0;
    for (let place = 0; place < words.length; place += WORDS) {
      const position = words[place + 2] ?? EMPTY;
      if (position !== EMPTY) this.#put(words[place] ?? 0, words[place + 1] ?? 0, position);
    }
  }
}
