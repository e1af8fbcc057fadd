/**
 * What was opened, to be closed backwards. Whatever one of them does, the next
 * one is closed too, and the log says how it went.
 */

import type { Log } from "./log.ts";

export class Opened {
  readonly #log: Log;
  readonly #parts: { readonly name: string; readonly close: () => Promise<unknown> }[] = [];
  #closed: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `close` is called once everything that is added later is closed. */
  add(name: string, close: () => Promise<unknown>): void {
    this.#parts.push({ name, close });
  }

  /** Safe to call twice; never rejects. */
  close(): Promise<void> {
    return (this.#closed ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#parts.reverse()) {
      try {
        await close();
        this.#log.debug("closed", { part: name });
      } catch (error) {
        this.#log.error("closed badly", { part: name, error });
      }
    }
  }
}
