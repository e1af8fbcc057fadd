/**
 * A command typed as a line: `persona set You are a pirate` or `settings names on`.
 *
 * Options are read in their declared order; `name=value` (or `name="two
 * words"`) gives one out of order, and a switch is on where it is named:
 * `promote mine shadow`. The last text option takes the rest of the line as it
 * is.
 */

import { HintedError } from "../../core/errors.ts";
import { nearestWord } from "../../core/cli/nearest.ts";
import type { Command, CommandOption } from "./command.ts";

export interface ParsedLine {
  readonly command: Command;
  readonly options: Readonly<Record<string, string>>;
}

/** @throws HintedError if there is no such command. */
export function parseCommandLine(line: string, commands: readonly Command[]): ParsedLine {
  const [, name = "", rest = ""] = /^\s*(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = commands.find((candidate) => candidate.name === name.toLowerCase());
  if (!command) throw unknownCommand(name, commands);
  return { command, options: readOptions(rest.trim(), command.options) };
}

function readOptions(text: string, options: readonly CommandOption[]): Record<string, string> {
  const given: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const named = /^([a-z-]+)=(?:"([^"]*)"|(\S*))\s*/i.exec(rest);
    const option = named && options.find(({ name }) => name === named[1]?.toLowerCase());
    if (named && option) {
      given[option.name] = named[2] ?? named[3] ?? "";
      rest = rest.slice(named[0].length);
      continue;
    }
    const [first = rest] = /^\S+/.exec(rest) ?? [];
    const open = options.filter(({ name }) => !(name in given));
    const turned = open.find(({ type, name }) => type === "switch" && name === first.toLowerCase());
    const next = turned ?? open.find(({ type }) => type !== "switch");
    if (!next) throw tooMuch(rest, options);
    const isLast = next === options.at(-1) && next.type === "text" && !next.choices;
    const word = isLast ? rest : first;
    given[next.name] = turned ? "on" : word;
    rest = rest.slice(word.length).trimStart();
  }
  return given;
}

function unknownCommand(name: string, commands: readonly Command[]): HintedError {
  const close = nearestWord(
    name,
    commands.map((command) => command.name),
  );
  return new HintedError(
    name === "" ? "Which command?" : `There is no command ${shortened(name)}.`,
    {
      hint: close ? `Did you mean ${close}?` : "help lists the commands.",
    },
  );
}

function tooMuch(rest: string, options: readonly CommandOption[]): HintedError {
  const names = options.map(({ name }) => name).join(", ");
  return new HintedError(`Too many words: ${shortened(rest)}.`, {
    hint: names === "" ? "This command takes none." : `This command takes: ${names}.`,
  });
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
