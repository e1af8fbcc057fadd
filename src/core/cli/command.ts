/**
 * What a command of `lfz` is: a name, flags with a schema, and a function.
 *
 * `flags.ts` reads a command line with it, `command-help.ts` lays out its
 * help, `run-command.ts` executes it and turns the outcome into an exit code.
 */

import type { z } from "zod";

import type { Console } from "./console.ts";

export type FlagSchema = z.ZodObject<Record<string, z.ZodType>>;

export interface CommandContext {
  readonly console: Console;
  /** Aborts on Ctrl-C and SIGTERM: save what there is and return. */
  readonly signal: AbortSignal;
  /** For a command that did its work and has bad news: the result stands, the exit code is 1. */
  readonly fail: () => void;
}

/** The result of a command: with `--json` it becomes the last line on stdout. */
export type CommandResult = Readonly<Record<string, unknown>> | void;

export interface Command<Flags extends FlagSchema = FlagSchema> {
  /** One or two words: `train`, `tokenizer encode`. */
  readonly name: string;
  readonly summary: string;
  /** What stands after the name, for example `DIR --data FILE...`; help takes the words for values from it. */
  readonly usage: string;
  /** Camel-case keys become `--kebab-case`; descriptions become help. */
  readonly flags: Flags;
  /** Letters for flags: `{ p: "prompt" }` makes `-p` mean `--prompt`. */
  readonly short?: Readonly<Record<string, string>>;
  /** How many bare arguments are taken; none by default. */
  readonly positionals?: { readonly name: string; readonly min: number; readonly max: number };
  /** Whole command lines that work, with a word each on what they do. */
  readonly examples?: readonly string[];
  run(
    input: z.infer<Flags> & { readonly positionals: readonly string[] },
    context: CommandContext,
  ): Promise<CommandResult>;
}

/** A command in a list: its code is read only when it is asked for, so that `lfz --help` is quick. */
export interface CommandEntry {
  readonly name: string;
  readonly load: () => Promise<Command>;
}

/** Gives a command the types of its own flags. */
export function defineCommand<Flags extends FlagSchema>(command: Command<Flags>): Command {
  return command; // the list forgets the flag types; `parseFlags` checks them at run time
}
