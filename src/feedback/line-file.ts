/** A new file of lines, written many at once: a write for each of a million rows takes minutes. */

import { open, type FileHandle } from "node:fs/promises";

/** Small enough to be short-lived memory: much longer texts are collected late. */
const PART_CHARACTERS = 48 * 1024;

export class LineFile {
  readonly #file: FileHandle;
  #lines: string[] = [];
  #characters = 0;

  static async create(path: string): Promise<LineFile> {
    return new LineFile(await open(path, "w"));
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param line without its newline */
  async add(line: string): Promise<void> {
    this.#lines.push(line, "\n");
    this.#characters += line.length;
    if (this.#characters >= PART_CHARACTERS) await this.#flush();
  }

  /** What was added is on disk then. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const text = this.#lines.join("");
    this.#lines = [];
    this.#characters = 0;
    await this.#file.appendFile(text);
  }
}
