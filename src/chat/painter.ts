/**
 * Shows a text as it grows: no faster than the platform likes, one call at a
 * time, the newest text always, none that has been shown already.
 */

import type { Clock } from "./clock.ts";
import type { ReplyView } from "./platform.ts";

/** So long the first words wait for more, in milliseconds: most short replies are then one message and no edit. */
const FIRST_WORDS = 600;

/** Without words by then, people see that the bot is at it, in milliseconds. */
const FIRST_SIGN = 1500;

/** The pace is at most this many times slower while a platform refuses. */
const SLOWEST = 8;

export class Painter {
  readonly #view: ReplyView;
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #ended = new AbortController();
  readonly #painting: Promise<void>;
  #text = "";
  #shown: string | undefined;
  #wake: (() => void) | undefined;

  /** `failed` hears of each text that could not be shown; the next one makes up for it. */
  constructor(view: ReplyView, clock: Clock, failed: (error: unknown) => void) {
    this.#view = view;
    this.#clock = clock;
    this.#failed = failed;
    this.#painting = this.#paint();
  }

  /** All text so far. */
  set(text: string): void {
    this.#text = text;
    this.#wake?.();
  }

  /** No more is shown once this resolves. */
  async end(): Promise<void> {
    this.#ended.abort();
    this.#wake?.();
    await this.#painting;
  }

  async #paint(): Promise<void> {
    const { signal } = this.#ended;
    await Promise.race([this.#firstWords(), this.#clock.sleep(FIRST_SIGN, signal)]);
    let slowness = 1;
    while (!signal.aborted) {
      const text = this.#text;
      try {
        await this.#view.show(text);
        this.#shown = text;
        slowness = 1;
      } catch (error) {
        slowness = Math.min(SLOWEST, slowness * 2);
        this.#failed(error);
      }
      await this.#clock.sleep(this.#view.pace * slowness, signal);
      while (this.#text === this.#shown && !signal.aborted) await this.#change();
    }
  }

  async #firstWords(): Promise<void> {
    while (this.#text === "" && !this.#ended.signal.aborted) await this.#change();
    await this.#clock.sleep(Math.min(FIRST_WORDS, this.#view.pace), this.#ended.signal);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
