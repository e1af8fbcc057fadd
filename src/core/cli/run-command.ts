/**
 * Runs one command of a list and answers with its exit code.
 *
 * The only place that catches: a `HintedError` becomes two lines on stderr, a
 * full disk is named as such, Ctrl-C is 130, and a bug keeps its stack.
 */

import { EXIT_FAILURE, HintedError } from "../errors.ts";
import { diskErrorOf } from "../files.ts";
import { redactorOf } from "../secrets.ts";
import type { Command } from "./command.ts";
import { helpOf } from "./command-help.ts";
import { createConsole, type ConsoleStreams } from "./console.ts";
import { parseFlags } from "./flags.ts";
import { nearestWord } from "./nearest.ts";

export const EXIT_INTERRUPTED = 130;

/** The command that `args` name, by the longest name that fits, and the arguments left. */
export function findCommand<Named extends { readonly name: string }>(
  commands: readonly Named[],
  args: readonly string[],
): { command: Named; rest: string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(" ");
    const command = commands.find((candidate) => candidate.name === name);
    if (command) return { command, rest: args.slice(words) };
  }
  return undefined;
}

export async function runCommand(
  command: Command,
  args: readonly string[],
  streams: ConsoleStreams,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { input, json, help } = parseFlags(command, args);
    if (help) {
      streams.stdout.write(`${helpOf(command)}\n`);
      return 0;
    }
    const console = createConsole(streams, { json });
    let exitCode = 0;
    const fail = () => {
      exitCode = EXIT_FAILURE;
    };
    const result = await command.run(input, { console, signal, fail });
    if (json) streams.stdout.write(`${JSON.stringify(result ?? {})}\n`);
    return signal.aborted ? EXIT_INTERRUPTED : exitCode;
  } catch (error) {
    if (signal.aborted && isAbort(error)) return EXIT_INTERRUPTED;
    return report(error, streams);
  }
}

/** Prints what failed and what to do about it; an SDK may have put a token into its words. */
function report(error: unknown, { stderr }: Pick<ConsoleStreams, "stderr">): number {
  const redact = redactorOf([]);
  const hinted = error instanceof HintedError ? error : diskErrorOf(error);
  if (hinted) {
    stderr.write(redact(`error: ${hinted.message}\nhint: ${hinted.hint}\n`));
    return hinted.exitCode;
  }
  stderr.write(
    redact(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  );
  return EXIT_FAILURE;
}

/** The answer to words that name no command, with a guess at what was meant. */
export function unknownCommand(
  args: readonly string[],
  commands: readonly { readonly name: string }[],
  streams: Pick<ConsoleStreams, "stderr">,
): number {
  const typed = args.slice(0, 2).filter((word) => !word.startsWith("-"));
  const names = commands.map(({ name }) => name);
  const guess = nearestWord(typed.join(" "), names) ?? nearestWord(typed[0] ?? "", names);
  const list = "`lfz --help` lists all commands.";
  return report(
    new HintedError(`There is no command "${typed.join(" ") || args[0]}".`, {
      hint: guess ? `Did you mean \`lfz ${guess}\`? ${list}` : list,
    }),
    streams,
  );
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
