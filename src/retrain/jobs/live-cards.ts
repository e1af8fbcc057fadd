/**
 * The cards of jobs, kept up to date: at once when a job comes into another
 * state, and every few seconds while something goes on.
 *
 * A card that cannot be shown hurts no job; it is tried again with the next
 * change. Which message is whose card survives a restart.
 */

import { UnreachableError } from "../../chat/platform.ts";
import type { Card, Cards } from "../../chat/cards.ts";
import type { Clock } from "../../chat/clock.ts";
import { HintedError, reasonOf } from "../../core/errors.ts";
import { LinkedAbort } from "../../core/linked-abort.ts";
import type { Log } from "../../log.ts";
import { cardOf } from "./card.ts";
import type { Curves } from "./curve.ts";
import { drawCurve } from "./draw-curve.ts";
import { isPhase, withChange, type Job } from "./job.ts";
import type { JobRunner } from "./runner.ts";

const UPDATE_EVERY = 5000;

/** A picture is larger than a text: it is drawn anew less often. */
const DRAW_EVERY = 30_000;

/** A job that came to its end without ever having had a card gets none later than this, in milliseconds. */
const LATE = 10 * 60_000;

/** What a card shows that somebody has deleted. */
const GONE = "gone";

export interface LiveCardsParts {
  readonly cards: Cards;
  readonly runner: JobRunner;
  readonly curves: Curves;
  readonly clock: Clock;
  readonly log: Log;
}

type ShownCard = NonNullable<Job["card"]>;

export class LiveCards {
  readonly #parts: LiveCardsParts;
  /** Cards of this run of the bot; what is on disk may be a write behind. */
  readonly #shown = new Map<number, ShownCard>();
  #picture: { job: number; at: number; png: Uint8Array | undefined } | undefined;

  constructor(parts: LiveCardsParts) {
    this.#parts = parts;
    for (const { id, card } of parts.runner.state.jobs) if (card) this.#shown.set(id, card);
  }

  /** Until the signal aborts. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const states = this.#states();
      for (const job of this.#due()) await this.#show(job);
      await this.#untilDue(states, signal);
    }
  }

  /** What goes on changes all the time; anything else is shown once. */
  #due(): readonly Job[] {
    return this.#parts.runner.state.jobs.filter(({ id, place, state, since }) => {
      const shows = this.#shown.get(id)?.shows;
      if (place === undefined || shows === GONE) return false;
      if (isPhase(state)) return true;
      const isOld = shows === undefined && this.#parts.clock.now() - since > LATE;
      return shows !== state && !isOld;
    });
  }

  async #show(job: Job): Promise<void> {
    const { runner, log } = this.#parts;
    const card = cardOf(
      job,
      isPhase(job.state) ? runner.progress : undefined,
      await this.#pictureOf(job),
    );
    const before = this.#shown.get(job.id);
    try {
      const message = await this.#put(job, card, before);
      if (message === undefined) return;
      if (before?.shows !== job.state) await this.#note(job, { message, shows: job.state });
    } catch (error) {
      log.warn("card not shown", { job: job.id, reason: reasonOf(error) });
      const isGone = error instanceof HintedError && !(error instanceof UnreachableError);
      if (before && isGone) await this.#note(job, { ...before, shows: GONE });
    }
  }

  /** Resolves with the message that is the card; nothing where there are no cards. */
  async #put(
    { place }: Job,
    card: Card,
    before: ShownCard | undefined,
  ): Promise<string | undefined> {
    const { cards } = this.#parts;
    if (!place) return undefined;
    if (!before) return cards.post(place, card);
    await cards.update(place, before.message, card);
    return before.message;
  }

  async #note({ id }: Job, card: ShownCard): Promise<void> {
    this.#shown.set(id, card);
    await this.#parts.runner
      .change((state) => withChange(state, id, { card }))
      .catch((error: unknown) => this.#parts.log.warn("card not written down", { job: id, error }));
  }

  async #pictureOf(job: Job): Promise<Uint8Array | undefined> {
    const { clock, curves, log } = this.#parts;
    const now = clock.now();
    const last = this.#picture;
    if (last?.job === job.id && now - last.at < DRAW_EVERY && isPhase(job.state)) return last.png;
    try {
      const png = await drawCurve(await curves.of(job));
      this.#picture = { job: job.id, at: now, png };
      return png;
    } catch (error) {
      log.warn("curve not drawn", { job: job.id, error }); // the card says the rest
      return undefined;
    }
  }

  /** Until some job is in another state than it was; a few seconds, where something goes on or could not be shown. */
  async #untilDue(states: string, signal: AbortSignal): Promise<void> {
    const { runner, clock } = this.#parts;
    const due = new LinkedAbort(signal);
    if (this.#due().length > 0) void clock.sleep(UPDATE_EVERY, due.signal).then(due.abort);
    while (!due.signal.aborted && this.#states() === states) {
      await runner.changed.next(due.signal);
    }
    due.abort();
  }

  #states(): string {
    return this.#parts.runner.state.jobs.map(({ id, state }) => `${id} ${state}`).join();
  }
}
