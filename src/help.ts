/** The text of `lfz --help`, and of a family of verbs such as `lfz tokenizer`. */

import { SHOWN_VERBS, VERB_GROUPS, type Verb } from "./verbs.ts";

export function helpOfAll(): string {
  const width = widthOf(SHOWN_VERBS);
  const groups = VERB_GROUPS.flatMap(({ title, verbs }) => ["", title, ...rows(verbs, width)]);
  return [
    "A chat assistant you own end to end: train it on conversations, talk to it.",
    "",
    "  lfz VERB [FLAGS]",
    ...groups,
    "",
    "`lfz VERB --help` tells what a verb takes. Every verb takes --json, which makes",
    "the last line on stdout one JSON object.",
  ].join("\n");
}

export function helpOfFamily(word: string): string {
  const verbs = SHOWN_VERBS.filter(({ name }) => name.startsWith(`${word} `));
  return [...rows(verbs, widthOf(verbs)), "", "`lfz VERB --help` tells what a verb takes."].join(
    "\n",
  );
}

function rows(verbs: readonly Verb[], width: number): string[] {
  return verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
}

function widthOf(verbs: readonly Verb[]): number {
  return Math.max(...verbs.map(({ name }) => name.length));
}
