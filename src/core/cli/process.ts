/** Connects a list of commands to this process: its arguments, streams and signals. */

import type { CommandEntry } from "./command.ts";
import type { ConsoleStreams, ReportedProgress } from "./console.ts";
import { EXIT_INTERRUPTED, findCommand, runCommand, unknownCommand } from "./run-command.ts";

/** A Ctrl-C that arrives twice within this time, from the terminal and from `lfz`, is one. */
const ONE_INTERRUPT_MS = 500;

const processStreams: ConsoleStreams = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => performance.now(),
  report: process.send ? reportToStarter : undefined,
};

/** Over the channel to whoever started this process; `start-step.ts` of the bot reads it. */
function reportToStarter(progress: ReportedProgress): void {
  if (!process.connected) return;
  process.send?.({ progress }, undefined, undefined, () => undefined); // nobody listens any more: it goes on alone
}

/** Aborts on the first SIGINT or SIGTERM, or when the starting process dies; a later signal ends the process at once. */
function signalOfProcess(): AbortSignal {
  const controller = new AbortController();
  let first = Infinity;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (performance.now() - first > ONE_INTERRUPT_MS) process.exit(EXIT_INTERRUPTED);
      first = Math.min(first, performance.now());
      controller.abort();
    });
  }
  // Started by `lfz`: without it nobody could stop or see this process any more.
  process.on("disconnect", () => controller.abort());
  process.channel?.unref();
  return controller.signal;
}

export async function runProcess(
  commands: readonly CommandEntry[],
  args: readonly string[],
): Promise<void> {
  outliveReaders();
  const found = findCommand(commands, args);
  process.exitCode = found
    ? await runCommand(await found.command.load(), found.rest, processStreams, signalOfProcess())
    : unknownCommand(args, commands, processStreams);
}

/**
 * `lfz ... | head` closes our stdout: that is no failure, and nothing is left to
 * do. Where nobody reads stderr any more, work is still to be saved.
 */
function outliveReaders(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
