/**
 * Keeps one platform going while the others mind their own business.
 *
 * Services go away for minutes and come back; whoever lost one begins again,
 * a little later each time, and not in step with all the other bots that lost
 * it too. Only what a person must change ends it.
 */

import { systemClock, type Clock } from "./chat/clock.ts";
import { UnreachableError } from "./chat/platform.ts";
import { EXIT_FAILURE, HintedError } from "./core/errors.ts";
import type { Log } from "./log.ts";

/** The first pause and the longest one, in milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 5 * 60_000;

/** Whoever served so long starts over with the first pause. */
const WELL_AFTER = 60_000;

export interface SuperviseOptions {
  readonly name: string;
  readonly log: Log;
  /** Each time it failed, before it pauses. */
  readonly onFailure?: (error: unknown) => void;
  readonly clock?: Clock;
  /** 0 to 1. */
  readonly chance?: () => number;
}

/**
 * Serves until the signal aborts, however often it fails.
 *
 * @throws HintedError what only a person can mend, such as a wrong token: asking again would change nothing.
 */
export async function supervise(
  serve: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  options: SuperviseOptions,
): Promise<void> {
  const { name, log, clock = systemClock, chance = Math.random } = options;
  let failures = 0;
  while (!signal.aborted) {
    const started = clock.now();
    const error = await failureOf(serve, signal);
    if (signal.aborted) {
      if (error && !isAbort(error)) log.warn("platform closed badly", { platform: name, error });
      return;
    }
    if (isForPeople(error)) throw asFailure(error);
    if (clock.now() - started >= WELL_AFTER) failures = 0;
    const pause = pauseAfter(++failures, chance);
    log.error("platform lost", { platform: name, failures, pauseMs: Math.round(pause), error });
    options.onFailure?.(error);
    await clock.sleep(pause, signal);
  }
}

/** A service that ends unasked has failed too. */
async function failureOf(
  serve: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await serve(signal);
    return signal.aborted ? undefined : new Error("It ended though nobody asked it to.");
  } catch (error) {
    return error ?? new Error("It failed without a word.");
  }
}

/** Twice as long each time; a half of it is up to chance. */
function pauseAfter(failures: number, chance: () => number): number {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  return longest * (0.5 + chance() / 2);
}

function isForPeople(error: unknown): error is HintedError {
  return error instanceof HintedError && !(error instanceof UnreachableError);
}

/** Whatever it would be elsewhere: a bot that cannot go on has failed. */
function asFailure(error: HintedError): HintedError {
  return new HintedError(error.message, {
    hint: error.hint,
    cause: error,
    exitCode: EXIT_FAILURE,
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
