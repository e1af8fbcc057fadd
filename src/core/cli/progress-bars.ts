/** One bar after the other, each for as long as the work is called the same. */

import type { Console, Progress, ProgressState } from "./console.ts";

export class ProgressBars {
  readonly #console: Pick<Console, "progress">;
  #title: string | undefined;
  #bar: Progress | undefined;

  constructor(console: Pick<Console, "progress">) {
    this.#console = console;
  }

  update(title: string, state: ProgressState): void {
    if (title !== this.#title) {
      this.done();
      this.#title = title;
      this.#bar = this.#console.progress(title);
    }
    this.#bar?.update(state);
  }

  done(): void {
    this.#bar?.done();
    this.#bar = undefined;
    this.#title = undefined;
  }
}
