/**
 * A step of a job as a process: `lfz` with some words, made to yield to the
 * chats, ended when it is told to or when this process dies.
 *
 * The lowest priority is what protects replies. The heap is bounded; what a
 * training takes beside it, it reckons and refuses by itself. Nothing here
 * bounds the memory of what it computes on.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import type { Clock } from "../../chat/clock.ts";
import type { JobProgress } from "../../chat/jobs.ts";
import { entryFile } from "../../core/entry.ts";

const LFZ = entryFile("../../lfz.js", import.meta.url);

/** Of what JavaScript itself keeps, in megabytes. */
const HEAP_MB = 2048;

/** How it is told to end: to save first, then at once, then without a word; milliseconds in between. */
const WAYS_TO_END = [
  ["SIGTERM", 120_000],
  ["SIGTERM", 10_000],
  ["SIGKILL", 0],
] as const;

/** What is remembered of its words, in characters: the last ones say how it ended. */
const REMEMBERED = 64 * 1024;

export interface StepEnd {
  /** 130 if it was told to end and has saved. */
  readonly code: number;
  /** What it says in the end, as `--json` promises. */
  readonly result: unknown;
  /** Why it failed: its `error:` and `hint:`, or else its last line. */
  readonly problem: string;
}

export interface StepOptions {
  /** Tells the process to save and end. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Runs `lfz` with these words; resolves when the process is gone. */
export type RunStep = (words: readonly string[], options: StepOptions) => Promise<StepEnd>;

export interface StepEnvironment {
  /** Of the bot: feedback lies there. */
  readonly home: string;
  readonly clock: Clock;
  /** Another script than `src/lfz.js`. */
  readonly script?: URL;
}

const Message = z.object({
  progress: z.object({
    title: z.string(),
    fraction: z.number(),
    text: z.string(),
    remainingMs: z.number().optional(),
  }),
});

export function stepsIn(environment: StepEnvironment): RunStep {
  return async (words, { signal, onProgress }) => {
    const child = start(words, environment);
    const [stdout, stderr] = [tailOf(child.stdout), tailOf(child.stderr)];
    child.on("message", (message) => {
      const { data } = Message.safeParse(message);
      if (data) onProgress(data.progress);
    });
    const gone = new AbortController();
    const end = () => void endChild(child, gone.signal, environment.clock);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      const [code, killer] = await endOf(child);
      return {
        code: killer ? 128 + constants.signals[killer] : (code ?? 1),
        result: lastObject(stdout()),
        problem: problemIn(stderr()),
      };
    } finally {
      signal.removeEventListener("abort", end);
      gone.abort();
    }
  };
}

function start(words: readonly string[], { home, script = LFZ }: StepEnvironment): ChildProcess {
  const heap = `${process.env["NODE_OPTIONS"] ?? ""} --max-old-space-size=${HEAP_MB}`.trim();
  const child = spawn(process.execPath, [fileURLToPath(script), ...words, "--json"], {
    // In a session of its own (`detached`) the low priority would count for nothing on Linux.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, LFZ_HOME: home, NO_COLOR: "1", NODE_OPTIONS: heap },
  });
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // it has ended already; why is told by its exit code
  }
  return child;
}

async function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const [code, killer] = (await once(child, "close")) as [number | null, NodeJS.Signals | null]; // Node's own signature; rejects if it could not be started
  return [code, killer];
}

async function endChild(child: ChildProcess, gone: AbortSignal, clock: Clock): Promise<void> {
  for (const [name, milliseconds] of WAYS_TO_END) {
    if (gone.aborted) return;
    child.kill(name);
    await clock.sleep(milliseconds, gone);
  }
}

/** What was said last, as much as is remembered. */
function tailOf(stream: Readable | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (more: string) => {
    text = (text + more).slice(-REMEMBERED);
  });
  return () => text;
}

function lastObject(text: string): unknown {
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last);
  } catch {
    return undefined; // it ended before it could say anything
  }
}

/** In the words of `run-command.ts`, which ends every command that fails; of a crash, what it says before its stack. */
function problemIn(text: string): string {
  const [, error, hint] = /^error: ([\s\S]*?)\nhint: (.*)$/m.exec(text) ?? [];
  if (error !== undefined && hint !== undefined) return `${error} ${hint}`;
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
  return lines.at(-1) ?? "";
}
