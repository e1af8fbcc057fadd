/** Numbers for names, and the names back: of a million short ones as bytes, not as a million strings. */

import { Column } from "./column.ts";
import { Numbering } from "./numbering.ts";

const FIRST_BYTES = 4096;
const GROWTH = 1.5;

/** As most ids are: half as many bytes as characters. */
const HEXADECIMAL = /^(?:[0-9a-f]{2})+$/;
const ENCODINGS = ["utf8", "hex"] as const;

export class Names {
  #numbering: Numbering | undefined = new Numbering();
  /** All names, one after the other, and where each ends. */
  #bytes = Buffer.alloc(FIRST_BYTES);
  readonly #ends = new Column(Uint32Array);
  /** Which of the encodings. */
  readonly #encodings = new Column(Uint8Array);
  /** Often asked for several times in a row. */
  #last: { readonly name: string; readonly number: number } | undefined;

  get size(): number {
    return this.#ends.length;
  }

  numberOf(name: string): number {
    if (!this.#numbering) throw new RangeError(`${name} comes too late to be numbered.`);
    if (this.#last?.name === name) return this.#last.number;
    const number = this.#numbering.numberOf(name);
    if (number === this.size) this.#add(name);
    this.#last = { name, number };
    return number;
  }

  nameOf(number: number): string {
    const encoding = ENCODINGS[this.#encodings.at(number)];
    return this.#bytes.toString(encoding, this.#startOf(number), this.#ends.at(number));
  }

  /** No more names are numbered: that takes half of the memory. */
  settle(): void {
    this.#numbering = undefined;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends.at(number - 1);
  }

  #add(name: string): void {
    const encoding = HEXADECIMAL.test(name) ? "hex" : "utf8";
    const start = this.#startOf(this.size);
    const end = start + Buffer.byteLength(name, encoding);
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.ceil(GROWTH * end));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.write(name, start, encoding);
    this.#ends.push(end);
    this.#encodings.push(ENCODINGS.indexOf(encoding));
  }
}
