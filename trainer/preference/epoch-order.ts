/** Comparisons in the order in which they are learnt from: epoch after epoch, each shuffled anew. */

import { Random } from "../../src/core/random.ts";
import type { Cursor } from "../data/batches.ts";

export class EpochOrder {
  readonly #count: number;
  readonly #seed: number;
  #epoch = 0;
  #row = 0;
  #order: Int32Array;

  /** @param count of an epoch, at least one */
  constructor(count: number, seed: number) {
    this.#count = count;
    this.#seed = seed;
    this.#order = this.#orderOf(0);
  }

  /** There is but one window. */
  get cursor(): Cursor {
    return { epoch: this.#epoch, window: 0, row: this.#row };
  }

  get epochs(): number {
    return this.#epoch + this.#row / this.#count;
  }

  /** What comes next. */
  get current(): number {
    return this.#order[this.#row];
  }

  advance(): void {
    if (this.#row + 1 < this.#count) this.#row++;
    else this.seek({ epoch: this.#epoch + 1, row: 0 });
  }

  seek({ epoch, row }: Omit<Cursor, "window">): void {
    if (row < 0 || row >= this.#count) {
      throw new RangeError(`Row ${row} is not one of the ${this.#count} rows of an epoch.`);
    }
    if (epoch !== this.#epoch) this.#order = this.#orderOf(epoch);
    this.#epoch = epoch;
    this.#row = row;
  }

  /** To the row that is nearest to this place. */
  seekEpochs(epochs: number): void {
    const epoch = Math.floor(epochs);
    this.seek({ epoch, row: Math.floor((epochs - epoch) * this.#count) });
  }

  #orderOf(epoch: number): Int32Array {
    const numbers = Int32Array.from({ length: this.#count }, (_, i) => i);
    return new Random(this.#seed ^ Math.imul(epoch, 0x9e3779b1)).shuffle(numbers);
  }
}
