/**
 * What `lfz doctor` asks, one question at a time.
 *
 * A check looks and says what it sees; it changes nothing. Platforms bring
 * their own beside ours.
 */

import { systemClock, type Clock } from "../chat/clock.ts";
import { HintedError, reasonOf } from "../core/errors.ts";

/** A check that hangs is as bad as one that fails, in milliseconds. */
const PATIENCE = 10_000;

export type CheckResult =
  | { readonly result: "ok"; readonly words: string; readonly hint?: undefined }
  | { readonly result: "warning" | "failed"; readonly words: string; readonly hint: string };

export interface Check {
  /** Two or three words: `Discord token`. */
  readonly name: string;
  /** How long it may take, in milliseconds; 10 seconds by default. */
  readonly patience?: number;
  /** What it throws is a failure; the signal aborts when nobody waits for it any more. */
  run(signal: AbortSignal): Promise<CheckResult>;
}

export type Finding = CheckResult & { readonly name: string };

export const ok = (words: string): CheckResult => ({ result: "ok", words });
export const warning = (words: string, hint: string): CheckResult => ({
  result: "warning",
  words,
  hint,
});
export const failed = (words: string, hint: string): CheckResult => ({
  result: "failed",
  words,
  hint,
});

/** One after the other, each told as soon as it is known. */
export async function* runChecks(
  checks: readonly Check[],
  { signal, clock = systemClock }: { readonly signal: AbortSignal; readonly clock?: Clock },
): AsyncGenerator<Finding> {
  for (const check of checks) {
    signal.throwIfAborted();
    yield { name: check.name, ...(await resultOf(check, signal, clock)) };
  }
}

async function resultOf(check: Check, signal: AbortSignal, clock: Clock): Promise<CheckResult> {
  const { patience = PATIENCE } = check;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const tooLong = async () => {
    await clock.sleep(patience, either);
    signal.throwIfAborted();
    return failed(
      `no answer within ${patience / 1000} s`,
      "Look at what it waits for: the network, the disk, a busy machine; then ask again.",
    );
  };
  const late = tooLong();
  late.catch(() => undefined); // the check was quicker
  try {
    return await Promise.race([check.run(either), late]);
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof HintedError
      ? failed(error.message, error.hint)
      : failed(reasonOf(error), "This was not expected: please report it with these words.");
  } finally {
    over.abort();
  }
}
