/** Connects a list of commands to this process: its arguments, streams and signals. */

import { findCommand, runCommand, unknownCommand } from "./run-command.ts";
import type { Command } from "./command.ts";
import type { ConsoleStreams } from "./console.ts";

export const processStreams: ConsoleStreams = {
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => performance.now(),
};

/** Aborts on the first SIGINT or SIGTERM; a second one ends the process at once. */
export function signalOfProcess(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

export async function runProcess(
  commands: readonly Command[],
  args: readonly string[],
): Promise<void> {
  const found = findCommand(commands, args);
  process.exitCode = found
    ? await runCommand(found.command, found.rest, processStreams, signalOfProcess())
    : unknownCommand(args, processStreams);
}
