/**
 * Reads a command line into the flags of a command.
 *
 * `node:util` splits; this adds what people expect besides: `--data a b c`,
 * values that begin with a dash (`--seed -1`, `-p "- what?"`), and sentences
 * about what does not fit.
 */

import { parseArgs, type ParseArgsConfig } from "node:util";

import type { z } from "zod";

import { complaintOf } from "../complaint.ts";
import { HintedError } from "../errors.ts";
import type { Command } from "./command.ts";
import { kindOf, toCamel, toKebab } from "./flag-schema.ts";
import { nearestWord } from "./nearest.ts";

export interface ParsedFlags {
  readonly input: Record<string, unknown> & { positionals: string[] };
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws HintedError naming the flag and the value that do not fit. */
export function parseFlags(command: Command, args: readonly string[]): ParsedFlags {
  const hint = `Run \`lfz ${command.name} --help\` for what it takes.`;
  const { values, positionals } = splitFlags(command, args, hint);
  const { json, help, ...rest } = values;
  if (help === true) return { input: { positionals }, json: json === true, help: true };
  checkPositionals(command, positionals, hint);
  const named = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [toCamel(key), value]),
  );
  refuseEmptyNumbers(command, named, hint);
  const parsed = command.flags.safeParse(named);
  if (!parsed.success) {
    const message = sentenceOf(parsed.error.issues[0], named);
    throw new HintedError(message, { hint, cause: parsed.error });
  }
  return { input: { ...parsed.data, positionals }, json: json === true, help: false };
}

function splitFlags(command: Command, args: readonly string[], hint: string) {
  const options: NonNullable<ParseArgsConfig["options"]> = {
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  };
  for (const [key, schema] of Object.entries(command.flags.shape)) {
    const kind = kindOf(schema);
    options[toKebab(key)] = {
      type: kind === "boolean" ? "boolean" : "string",
      multiple: kind === "array",
    };
  }
  for (const [letter, key] of Object.entries(command.short ?? {})) {
    Object.assign(options[toKebab(key)] ?? {}, { short: letter });
  }
  const joined = joinValues(command, args);
  refuseUnknown(command, joined, Object.keys(options), hint);
  try {
    return parseArgs({ args: joined, options, allowPositionals: true, strict: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split(". ")[0] : String(cause);
    throw new HintedError(`lfz ${command.name}: ${message}.`, { hint, cause });
  }
}

/** Writes each flag and its value as one word: `--data a b` becomes `--data=a --data=b`. */
function joinValues(command: Command, args: readonly string[]): string[] {
  const spellings = valueFlagsOf(command);
  const isFlag = (word: string) => /^--([a-z]|$)/.test(word) || spellings.has(word);
  const joined: string[] = [];
  const waiting = [...args];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (word === "--") return [...joined, word, ...waiting];
    const flag = spellings.get(word);
    const value = waiting[0];
    if (!flag || value === undefined || isFlag(value)) {
      joined.push(flag?.name ?? word); // a value that is missing is for parseArgs to name
      continue;
    }
    do joined.push(`${flag.name}=${waiting.shift()}`);
    while (flag.isList && waiting[0] !== undefined && !/^-./.test(waiting[0]));
  }
  return joined;
}

/** The flags that take a value, under every spelling: `--prompt` and `-p`. */
function valueFlagsOf(command: Command): Map<string, { name: string; isList: boolean }> {
  const spellings = new Map<string, { name: string; isList: boolean }>();
  for (const [key, schema] of Object.entries(command.flags.shape)) {
    const kind = kindOf(schema);
    if (kind === "boolean") continue;
    const flag = { name: `--${toKebab(key)}`, isList: kind === "array" };
    spellings.set(flag.name, flag);
    for (const [letter, target] of Object.entries(command.short ?? {})) {
      if (target === key) spellings.set(`-${letter}`, flag);
    }
  }
  return spellings;
}

function refuseUnknown(
  command: Command,
  args: readonly string[],
  known: readonly string[],
  hint: string,
): void {
  for (const word of args) {
    if (word === "--") return;
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || known.includes(name)) continue;
    const guess = nearestWord(name, known);
    throw new HintedError(`lfz ${command.name} has no flag --${name}.`, {
      hint: guess ? `Did you mean --${guess}? ${hint}` : hint,
    });
  }
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

/** JavaScript reads an empty text as 0, which nobody means. */
function refuseEmptyNumbers(command: Command, named: Record<string, unknown>, hint: string): void {
  for (const [key, schema] of Object.entries(command.flags.shape)) {
    const given = named[key];
    if (kindOf(schema) === "number" && typeof given === "string" && given.trim() === "") {
      throw new HintedError(`--${toKebab(key)} "${given}": must be a number.`, { hint });
    }
  }
}

function sentenceOf(issue: z.core.$ZodIssue | undefined, named: Record<string, unknown>): string {
  const [key, index] = issue?.path ?? [];
  const flag = `--${toKebab(String(key ?? ""))}`;
  const given = named[String(key)];
  if (given === undefined) return `${flag} is missing.`;
  const value: unknown = Array.isArray(given) ? (given[Number(index)] ?? given.join(" ")) : given;
  return `${flag} ${String(value)}: ${issue ? complaintOf(issue) : "not a value it takes"}.`;
}
