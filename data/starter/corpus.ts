/**
 * The authoring format of the starter corpus: plain text, pleasant to edit.
 *
 * Knows how `lists.txt`, `intents/*.txt` and `scripts/*.txt` are written and
 * turns them into blocks and scripts. Knows nothing of how they are joined
 * into conversations (`compose.ts`) or of what good text is (`check.ts`).
 *
 *     = joke (topic)                    an intent and its kind
 *     > tell me a joke | make me laugh  what a person may say, in many wordings
 *     < {joke}                          what Zero answers, one variant a line
 *     + another (repeats)               a follow-up of the intent above
 *     > one more | another one
 *     < {joke}
 *     ++ enough                         a follow-up of that follow-up
 *
 * `{name}` stands for every item of the list `$ name` in `lists.txt`. A
 * conversation in `scripts/` is a run of `>` and `<` lines; an empty line
 * ends it.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { HintedError } from "../../src/core/errors.ts";

/**
 * Where in a conversation an intent belongs. `acknowledge` may follow a reply
 * that has no follow-ups of its own; `aside` stands alone.
 */
export type Kind = "opener" | "topic" | "unknown" | "acknowledge" | "thanks" | "goodbye" | "aside";

const KINDS: ReadonlySet<string> = new Set<Kind>([
  "opener",
  "topic",
  "unknown",
  "acknowledge",
  "thanks",
  "goodbye",
  "aside",
]);

/** The reply that is no reply: the model learns to stay silent. */
export const SILENCE = "(silence)";

export interface Input {
  /** As it stands in the file, lists not filled in. */
  readonly written: string;
  /** With every value of its lists. */
  readonly texts: readonly string[];
}

export interface Block {
  /** `joke`, `joke/another`. */
  readonly id: string;
  /** File and line, for messages. */
  readonly place: string;
  readonly kind: Kind;
  /** May be said again right after itself, as "another one". */
  readonly repeats: boolean;
  /** Inputs are used exactly as written: no typos, no change of case. */
  readonly verbatim: boolean;
  /** Comes up more often than its wordings alone would make it: what the model must not miss. */
  readonly important: boolean;
  readonly inputs: Input[];
  readonly replies: string[];
  readonly followUps: Block[];
}

export interface Exchange {
  readonly input: Input;
  readonly reply: string;
}

export interface Script {
  readonly place: string;
  readonly exchanges: Exchange[];
}

export interface Corpus {
  readonly intents: readonly Block[];
  readonly scripts: readonly Script[];
}

type Lists = ReadonlyMap<string, readonly string[]>;

export function readCorpus(folder: string): Corpus {
  const lists = readLists(join(folder, "lists.txt"));
  return {
    intents: textFiles(join(folder, "intents")).flatMap((path) => readIntents(path, lists)),
    scripts: textFiles(join(folder, "scripts")).flatMap((path) => readScripts(path, lists)),
  };
}

/** Every block with its follow-ups, depth first. */
export function allBlocks(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => [block, ...allBlocks(block.followUps)]);
}

function readLists(path: string): Lists {
  const lists = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const { text, place } of linesOf(path)) {
    if (text === "") continue;
    if (text.startsWith("$ ")) {
      current = [];
      lists.set(text.slice(2).trim(), current);
    } else if (current) current.push(...alternatives(text));
    else throw wrong(place, `"${text}" belongs to no list`, "Begin a list with `$ name`.");
  }
  return lists;
}

function readIntents(path: string, lists: Lists): Block[] {
  const intents: Block[] = [];
  /** The intent being written, its open follow-up, that one's open follow-up. */
  const open: Block[] = [];
  for (const { text, place } of linesOf(path)) {
    if (text === "") continue;
    const heading = /^(=|\++) ([a-z0-9-]+)(?: \(([a-z, ]+)\))?$/.exec(text);
    if (heading) {
      const [, mark = "", name = "", words = ""] = heading;
      const depth = mark === "=" ? 0 : mark.length;
      const parent = open[depth - 1];
      if (depth > 0 && !parent) throw wrong(place, `${text} follows nothing`, "Write `=` first.");
      const block = newBlock(name, words.split(/, */), place, parent);
      open.splice(depth, open.length, block);
      (parent?.followUps ?? intents).push(block);
    } else readLineInto(open.at(-1), text, place, lists);
  }
  return intents;
}

function newBlock(name: string, words: string[], place: string, parent?: Block): Block {
  const kind = words.find((word) => KINDS.has(word)) as Kind | undefined;
  return {
    id: parent ? `${parent.id}/${name}` : name,
    place,
    kind: kind ?? parent?.kind ?? "topic",
    repeats: words.includes("repeats"),
    verbatim: words.includes("verbatim"),
    important: words.includes("important"),
    inputs: [],
    replies: [],
    followUps: [],
  };
}

function readLineInto(block: Block | undefined, text: string, place: string, lists: Lists): void {
  if (block && text.startsWith("> ")) {
    block.inputs.push(...alternatives(text.slice(2)).map((item) => toInput(item, lists, place)));
  } else if (block && text.startsWith("< ")) {
    block.replies.push(...fill(text.slice(2).trim(), lists, place));
  } else {
    throw wrong(place, `cannot read "${text}"`, "A line begins with `=`, `+`, `>`, `<` or `#`.");
  }
}

function readScripts(path: string, lists: Lists): Script[] {
  const scripts: Script[] = [];
  let exchanges: Exchange[] = [];
  let input: Input | undefined;
  for (const { text, place } of linesOf(path)) {
    if (text === "") {
      exchanges = [];
    } else if (text.startsWith("> ")) {
      const texts = alternatives(text.slice(2)).flatMap((item) => fill(item, lists, place));
      input = { written: text.slice(2), texts };
    } else if (text.startsWith("< ") && input) {
      if (exchanges.length === 0) scripts.push({ place, exchanges });
      exchanges.push({ input, reply: text.slice(2).trim() });
      input = undefined;
    } else throw wrong(place, `cannot read "${text}"`, "A script is `>` and `<` lines in turn.");
  }
  return scripts;
}

function toInput(written: string, lists: Lists, place: string): Input {
  return { written, texts: fill(written, lists, place) };
}

/**
 * A text with the values of its lists. With several lists the longest gives
 * the number of texts and the others turn round beside it, so that
 * "{city} to {city}" does not become a text for every pair.
 */
function fill(text: string, lists: Lists, place: string): string[] {
  const names = [...text.matchAll(/\{([a-z-]+)\}/g)].map((match) => match[1] ?? "");
  const columns = names.map((name) => {
    const list = lists.get(name);
    if (!list) throw wrong(place, `there is no list "${name}"`, "Add it to lists.txt.");
    return list;
  });
  const count = Math.max(1, ...columns.map((column) => column.length));
  return Array.from({ length: count }, (_, row) => {
    let column = -1;
    return text.replace(/\{[a-z-]+\}/g, () => {
      const values = columns[++column] ?? [];
      return values[(row + column * 7) % values.length] ?? "";
    });
  });
}

function alternatives(text: string): string[] {
  return text.split(" | ").map((item) => item.trim());
}

function textFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names.sort().map((name) => join(folder, name));
}

function* linesOf(path: string): Generator<{ text: string; place: string }> {
  const lines = readFileSync(path, "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("#")) continue;
    yield { text: line.trim(), place: `${path}, line ${index + 1}` };
  }
}

function wrong(place: string, what: string, hint: string): HintedError {
  return new HintedError(`${place}: ${what}.`, { hint });
}
