/** Numbers for names, and the names back: of a million short ones as bytes, not as a million strings. */

import { Column } from "./column.ts";
import { Numbering } from "./numbering.ts";

const FIRST_BYTES = 4096;
const GROWTH = 1.5;

export class Names {
  #numbering: Numbering | undefined = new Numbering();
  /** All names, one after the other, and where each ends. */
  #bytes = Buffer.alloc(FIRST_BYTES);
  readonly #ends = new Column(Uint32Array);

  get size(): number {
    return this.#ends.length;
  }

  numberOf(name: string): number {
    if (!this.#numbering) throw new RangeError(`${name} comes too late to be numbered.`);
    const number = this.#numbering.numberOf(name);
    if (number === this.size) this.#add(name);
    return number;
  }

  nameOf(number: number): string {
    return this.#bytes.toString("utf8", this.#startOf(number), this.#ends.at(number));
  }

  /** No more names are numbered: that takes half of the memory. */
  settle(): void {
    this.#numbering = undefined;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends.at(number - 1);
  }

  #add(name: string): void {
    const start = this.#startOf(this.size);
    const end = start + Buffer.byteLength(name);
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.ceil(GROWTH * end));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.write(name, start);
    this.#ends.push(end);
  }
}
