/** The text of `lfz VERB --help`, laid out for 80 columns. */

import type { z } from "zod";

import type { Command } from "./command.ts";
import { choicesOf, defaultWordOf, descriptionOf, kindOf, toKebab } from "./flag-schema.ts";

const COLUMNS = 80;
/** A flag longer than this has its description on the next line. */
const WIDEST_FLAG = 26;

/** The summary, how to call it, the flags with their defaults, and examples. */
export function helpOf(command: Command): string {
  const flags = [
    ...Object.entries(command.flags.shape).map(
      ([key, schema]) => [spellingOf(command, key, schema), sentenceOf(schema)] as const,
    ),
    ["--json", "print one JSON object as the last line on stdout"] as const,
    ["-h, --help", "this text"] as const,
  ];
  const lines = [
    ...wrap(command.summary, COLUMNS),
    "",
    ...hang(`  lfz ${command.name} `, command.usage),
    "",
    ...columns(flags),
  ];
  if (command.examples) lines.push("", "Examples:", ...command.examples.map((line) => `  ${line}`));
  return lines.join("\n");
}

/** `-p, --prompt TEXT`; the word for the value is the one in the usage line. */
function spellingOf(command: Command, key: string, schema: z.ZodType): string {
  const name = `--${toKebab(key)}`;
  const letter = Object.entries(command.short ?? {}).find(([, flag]) => flag === key)?.[0];
  const spelling = letter ? `(?:${name}|-${letter})` : name;
  const inUsage = new RegExp(`${spelling} ([^-\\s\\]][^\\s\\]]*)`).exec(command.usage)?.[1];
  const word = kindOf(schema) === "boolean" ? "" : ` ${inUsage ?? valueWordOf(schema)}`;
  return `${letter ? `-${letter}, ` : ""}${name}${word}`;
}

function valueWordOf(schema: z.ZodType): string {
  const kind = kindOf(schema);
  if (kind === "array") return "VALUE...";
  if (kind === "number") return "N";
  return choicesOf(schema).join("|") || "VALUE";
}

function sentenceOf(schema: z.ZodType): string {
  const fallback = defaultWordOf(schema);
  return `${descriptionOf(schema)}${fallback ? ` (default ${fallback})` : ""}`.trim();
}

/** Flags left, descriptions right, wrapped beside them. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const fitting = rows.map(([left]) => left.length).filter((width) => width <= WIDEST_FLAG);
  const width = Math.max(...fitting);
  return rows.flatMap(([left, right]) => {
    const beside = wrap(right, COLUMNS - width - 4);
    const indented = beside.map((line) => " ".repeat(width + 4) + line);
    if (left.length > width) return [`  ${left}`, ...indented];
    return [`  ${left.padEnd(width)}  ${beside[0] ?? ""}`.trimEnd(), ...indented.slice(1)];
  });
}

/** A long line continues under the place where its first words stood. */
function hang(start: string, text: string): string[] {
  const [first = "", ...others] = wrap(text, COLUMNS - start.length);
  return [`${start}${first}`.trimEnd(), ...others.map((line) => " ".repeat(start.length) + line)];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
