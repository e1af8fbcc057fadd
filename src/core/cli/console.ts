/**
 * Where a command speaks: results on stdout, everything else on stderr.
 *
 * On a terminal progress is drawn in place; elsewhere it becomes plain lines,
 * one every few seconds, so that a log stays readable.
 */

import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/** How often progress is redrawn on a terminal and printed elsewhere, in milliseconds. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 10_000;
/** How often whoever started this process is told, in milliseconds. */
const REPORT_EVERY = 1000;
const BAR_WIDTH = 24;

export interface ProgressState {
  /** 0 to 1. */
  readonly fraction: number;
  /** What stands behind the bar: rate, loss, whatever matters. */
  readonly text: string;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Removes the bar (terminal) or prints the last state (elsewhere, if any was printed). */
  done(): void;
}

export interface Console {
  /** Text for whoever reads the result; stdout, or stderr with `--json`. */
  print(text: string): void;
  /** Text about the work: plans, warnings, notes; stderr. */
  note(text: string): void;
  /** A stream of raw text on stdout, for replies as they are written. */
  write(text: string): void;
  progress(title: string): Progress;
  readonly isTerminal: boolean;
  /** Asks somebody and waits for the answer; absent where nobody sits at a terminal. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string>;
}

export interface ConsoleStreams {
  readonly stdin?: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean };
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly now: () => number;
  /** Tells whoever started this process how far it is. */
  readonly report?: ((progress: ReportedProgress) => void) | undefined;
}

export interface ReportedProgress extends ProgressState {
  readonly title: string;
  /** Time still needed if the rest goes as fast as what is done; nothing as long as nobody knows. */
  readonly remainingMs?: number | undefined;
}

export function createConsole(
  { stdin, stdout, stderr, now, report }: ConsoleStreams,
  options: { json: boolean },
): Console {
  const isTerminal = stderr.isTTY === true;
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write("\r\x1b[K");
    drawn = false;
  };
  const line = (stream: Writable, text: string) => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    isTerminal,
    ...(isTerminal &&
      stdin?.isTTY && {
        ask: (question: string, signal: AbortSignal) => {
          clear();
          return askAt(stdin, stderr, question, signal);
        },
      }),
    print: (text) => line(options.json ? stderr : stdout, text),
    note: (text) => line(stderr, text),
    write: (text) => {
      clear();
      (options.json ? stderr : stdout).write(text);
    },
    progress(title) {
      const started = now();
      // Elsewhere than on a terminal, work that is quickly done says nothing.
      let last = isTerminal ? -Infinity : started;
      let reported = -Infinity;
      let printed = false;
      let latest: ProgressState | undefined;
      const tell = ({ fraction, text }: ProgressState) => {
        if (now() - reported < REPORT_EVERY) return;
        reported = now();
        const remainingMs = remainingOf(fraction, now() - started);
        report?.({ title, fraction: withinOne(fraction), text, remainingMs });
      };
      const render = ({ fraction: given, text }: ProgressState) => {
        const fraction = withinOne(given);
        const eta = etaOf(fraction, now() - started);
        if (!isTerminal)
          return `${title} ${(fraction * 100).toFixed(0)} % ${text} ${eta}`.trimEnd();
        const filled = Math.round(fraction * BAR_WIDTH);
        const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
        return `${title} ${bar} ${(fraction * 100).toFixed(0).padStart(3)} % ${text} ${eta}`.slice(
          0,
          (stderr.columns ?? 120) - 1,
        );
      };
      return {
        update(state) {
          latest = state;
          tell(state);
          if (now() - last < (isTerminal ? REDRAW_EVERY : LINE_EVERY)) return;
          last = now();
          if (isTerminal) {
            stderr.write(`\r${render(state)}\x1b[K`);
            drawn = true;
          } else {
            line(stderr, render(state));
            printed = true;
          }
        },
        done() {
          clear();
          if (printed && latest) line(stderr, render(latest));
        },
      };
    },
  };
}

async function askAt(
  input: Readable,
  output: Writable,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const reader = createInterface({ input, output });
  try {
    return (await reader.question(question, { signal })).trim();
  } finally {
    reader.close();
  }
}

/** An estimate may overshoot. */
function withinOne(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

function etaOf(fraction: number, elapsedMs: number): string {
  const remaining = remainingOf(fraction, elapsedMs);
  return remaining === undefined ? "" : `ETA ${formatDuration(remaining)}`;
}

/** Time still needed if the rest goes as fast as what is done. */
function remainingOf(fraction: number, elapsedMs: number): number | undefined {
  if (fraction <= 0 || fraction >= 1) return undefined;
  return (elapsedMs * (1 - fraction)) / fraction;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** `950`, `5.8 M`, `1.2 G`: counts for people. */
export function formatCount(count: number): string {
  for (const [unit, size] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e4],
  ] as const) {
    if (count >= size) return `${(count / (unit === "k" ? 1e3 : size)).toFixed(1)} ${unit}`;
  }
  return String(count);
}

export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}
