/**
 * What a command of `lfz` is: a name, flags with a schema, and a function.
 *
 * Knows how flags are spelt and checked and how help is laid out; not what
 * any command does. `run-command.ts` executes one and turns its outcome into
 * an exit code.
 */

import { parseArgs, type ParseArgsConfig } from "node:util";

import { z } from "zod";

import { HintedError } from "../errors.ts";
import type { Console } from "./console.ts";

export type FlagSchema = z.ZodObject<Record<string, z.ZodType>>;

export interface CommandContext {
  readonly console: Console;
  /** Aborts on Ctrl-C and SIGTERM: save what there is and return. */
  readonly signal: AbortSignal;
}

/** The result of a command: with `--json` it becomes the last line on stdout. */
export type CommandResult = Readonly<Record<string, unknown>> | void;

export interface Command<Flags extends FlagSchema = FlagSchema> {
  /** One or two words: `train`, `tokenizer encode`. */
  readonly name: string;
  readonly summary: string;
  /** What stands after the name, for example `DIR --data FILE...`. */
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
  load(): Promise<Command>;
}

/** Gives a command the types of its own flags. */
export function defineCommand<Flags extends FlagSchema>(command: Command<Flags>): Command {
  return command; // the list forgets the flag types; `parseFlags` restores them at run time
}

export interface ParsedFlags {
  readonly input: Record<string, unknown> & { positionals: string[] };
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws HintedError naming the flag and the value that do not fit. */
export function parseFlags(command: Command, args: readonly string[]): ParsedFlags {
  const help = `Run \`lfz ${command.name} --help\` for what it takes.`;
  const { values, positionals } = splitFlags(command, args, help);
  const { json, help: wantsHelp, ...rest } = values;
  if (wantsHelp === true) return { input: { positionals }, json: json === true, help: true };
  checkPositionals(command, positionals, help);
  const named = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [toCamel(key), value]),
  );
  const parsed = command.flags.safeParse(named);
  if (!parsed.success) {
    throw new HintedError(flagSentence(parsed.error.issues[0], named), {
      hint: help,
      cause: parsed.error,
    });
  }
  return { input: { ...parsed.data, positionals }, json: json === true, help: false };
}

/** The name, the flags with their defaults, and examples, in 80 columns where they fit. */
export function helpOf(command: Command): string {
  const rows = Object.entries(command.flags.shape).map(([key, schema]) => {
    const letter = Object.entries(command.short ?? {}).find(([, flag]) => flag === key)?.[0];
    const name = `${letter ? `-${letter}, ` : ""}--${toKebab(key)}${valueWord(schema)}`;
    return [name, describe(schema)] as const;
  });
  rows.push(
    ["--json", "print one JSON object as the last line on stdout"],
    ["--help", "this text"],
  );
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = [
    command.summary,
    "",
    `  lfz ${command.name} ${command.usage}`.trimEnd(),
    "",
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd()),
  ];
  if (command.examples) lines.push("", "Examples:", ...command.examples.map((line) => `  ${line}`));
  return lines.join("\n");
}

function splitFlags(command: Command, args: readonly string[], hint: string) {
  const options: NonNullable<ParseArgsConfig["options"]> = {
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  };
  for (const [key, schema] of Object.entries(command.flags.shape)) {
    const kind = kindOf(schema);
    const letter = Object.entries(command.short ?? {}).find(([, flag]) => flag === key)?.[0];
    options[toKebab(key)] = {
      type: kind === "boolean" ? "boolean" : "string",
      multiple: kind === "array",
      ...(letter && { short: letter }),
    };
  }
  try {
    return parseArgs({
      args: joinListValues(command, args),
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split(". ")[0]! : String(cause);
    throw new HintedError(`lfz ${command.name}: ${message}.`, { hint, cause });
  }
}

/** Lets `--data a b c` mean `--data a --data b --data c`. */
function joinListValues(command: Command, args: readonly string[]): string[] {
  const lists = new Set(
    Object.entries(command.flags.shape)
      .filter(([, schema]) => kindOf(schema) === "array")
      .map(([key]) => `--${toKebab(key)}`),
  );
  const joined: string[] = [];
  let list: string | undefined;
  let taken = 0;
  for (const argument of args) {
    if (argument.startsWith("-") && argument !== "-") {
      list = lists.has(argument) ? argument : undefined;
      taken = 0;
      joined.push(argument);
    } else if (list && taken++ > 0) joined.push(list, argument);
    else joined.push(argument);
  }
  return joined;
}

function checkPositionals(command: Command, found: readonly string[], hint: string): void {
  const { name, min, max } = command.positionals ?? { name: "", min: 0, max: 0 };
  if (found.length < min) {
    throw new HintedError(`lfz ${command.name} needs ${name}.`, { hint });
  }
  if (found.length > max) {
    throw new HintedError(`lfz ${command.name} does not take "${found[max]}".`, { hint });
  }
}

function flagSentence(
  issue: z.core.$ZodIssue | undefined,
  values: Record<string, unknown>,
): string {
  const key = String(issue?.path[0] ?? "");
  const given = values[key];
  const flag = `--${toKebab(key)}`;
  if (given === undefined) return `${flag} is missing.`;
  const value = Array.isArray(given) ? given.join(" ") : String(given);
  return `${flag} ${value}: ${issue?.message ?? "not a value it takes"}.`;
}

function kindOf(schema: z.ZodType): "boolean" | "array" | "value" {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodBoolean) return "boolean";
  return inner instanceof z.ZodArray ? "array" : "value";
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema;
}

function valueWord(schema: z.ZodType): string {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodBoolean) return "";
  if (inner instanceof z.ZodEnum) return ` ${inner.options.join("|")}`;
  if (inner instanceof z.ZodArray) return " VALUE...";
  return inner instanceof z.ZodNumber ? " N" : " VALUE";
}

function describe(schema: z.ZodType): string {
  const text = schema.description ?? unwrap(schema).description ?? "";
  const fallback = schema.safeParse(undefined);
  const shown =
    fallback.success && fallback.data !== undefined && fallback.data !== false
      ? ` (default ${Array.isArray(fallback.data) ? fallback.data.join(" ") || "none" : String(fallback.data)})`
      : "";
  return `${text}${shown}`;
}

function toKebab(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function toCamel(kebab: string): string {
  return kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
