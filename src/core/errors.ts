/**
 * Failures that a person can do something about.
 *
 * Whatever is expected to go wrong (a file, a flag, a model) throws a
 * `HintedError` and is printed once, by the command line, as two lines
 * without a stack. Bugs stay plain `Error`s and crash loudly.
 */

/** Exit codes of every `lfz` command: bad usage or bad input, and anything else (a full disk, a lost service). */
export const EXIT_BAD_INPUT = 2;
export const EXIT_FAILURE = 1;

export class HintedError extends Error {
  override readonly name = "HintedError";
  readonly hint: string;
  readonly exitCode: number;

  constructor(message: string, options: { hint: string; cause?: unknown; exitCode?: number }) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT_BAD_INPUT;
  }
}

/** What went wrong, in words, for any thrown value. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
