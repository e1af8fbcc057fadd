/**
 * What every text of the starter corpus must keep to, and what is counted.
 *
 * Knows the commands that exist, how long a reply may be, and which test
 * prompts must stay unseen. Returns what is wrong, a line each; the caller
 * decides what to do about it.
 */

import type { Message } from "./compose.ts";
import { allBlocks, SILENCE, type Corpus, type Input } from "./corpus.ts";

const LEAST_INTENTS = 120;
const LEAST_WITH_FOLLOW_UPS = 60;
const LEAST_SCRIPTS = 150;
const LEAST_EXCHANGES = 1500;
const LEAST_UNKNOWN_QUESTIONS = 400;
const MOST_REPLY_WORDS = 45;
const MOST_INPUT_WORDS = 30;

/** DESIGN.md's list: a reply that names anything else teaches a command that does not exist. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  start: [],
  chat: [],
  train: [],
  finetune: [],
  eval: [],
  export: [],
  doctor: [],
  data: ["import", "inspect"],
  tokenizer: ["train", "encode", "decode"],
  experiments: ["list", "show", "compare", "promote", "rollback", "remove"],
  bench: ["train", "generate", "tokenizer"],
};
const FLAGS: ReadonlySet<string> = new Set(
  (
    "--data --from --model --name --help --minutes --preset --resume --out --format " +
    "--quantize --json -p"
  ).split(" "),
);

export interface Counts {
  readonly intents: number;
  readonly withFollowUps: number;
  readonly scripts: number;
  /** Distinct user wordings with the block or script they stand in, lists counted once. */
  readonly exchanges: number;
  /** The same with every value of the lists filled in. */
  readonly filledExchanges: number;
  readonly replies: number;
  readonly unknownQuestions: number;
}

export function countCorpus({ intents, scripts }: Corpus): Counts {
  const blocks = allBlocks(intents);
  const scripted = scripts.flatMap((script) => script.exchanges);
  const replies = [
    ...blocks.flatMap((block) => block.replies),
    ...scripted.map((one) => one.reply),
  ];
  const unknown = blocks.filter((block) => block.kind === "unknown" && !block.id.includes("/"));
  return {
    intents: intents.length,
    withFollowUps: intents.filter((block) => block.followUps.length > 0).length,
    scripts: scripts.filter(({ exchanges }) => exchanges.length > 1).length,
    exchanges:
      blocks.reduce((sum, block) => sum + block.inputs.length, 0) +
      new Set(scripted.map(({ input, reply }) => `${input.written}\n${reply}`)).size,
    filledExchanges: blocks.reduce((sum, block) => sum + filled(block.inputs), 0) + scripted.length,
    replies: new Set(replies).size,
    unknownQuestions: new Set(unknown.flatMap((block) => block.inputs.flatMap(textsOf))).size,
  };
}

/** Every violation in the hand-written part. */
export function checkCorpus(corpus: Corpus): string[] {
  const problems = [
    ...tooFew(countCorpus(corpus)),
    ...doubledNames(corpus),
    ...doubledIntents(corpus),
  ];
  for (const block of allBlocks(corpus.intents)) {
    const at = `${block.place} (${block.id})`;
    if (block.inputs.length === 0) problems.push(`${at}: nobody says anything`);
    if (block.replies.length === 0) problems.push(`${at}: has no reply`);
    problems.push(
      ...doubles(block.inputs.map((input) => input.written)).map(
        (text) => `${at}: "${text}" stands twice`,
      ),
    );
    problems.push(...doubles(block.replies).map((text) => `${at}: "${text}" stands twice`));
    problems.push(...block.inputs.flatMap(textsOf).flatMap((text) => wrongInput(text, at)));
    problems.push(...block.replies.flatMap((reply) => wrongReply(reply, at)));
  }
  for (const { place, exchanges } of corpus.scripts) {
    for (const { input, reply } of exchanges) {
      problems.push(...input.texts.flatMap((text) => wrongInput(text, place)));
      problems.push(...wrongReply(reply, place));
    }
  }
  return problems;
}

/** Every violation in what was made of it: empty texts, and test prompts that leaked in. */
export function checkConversations(
  conversations: readonly (readonly Message[])[],
  heldOut: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  for (const { role, content } of conversations.flat()) {
    if (content.trim() === "") problems.push("a conversation has an empty message");
    if (role === "user" && heldOut.has(plainWords(content))) {
      problems.push(`"${content}" is a golden test prompt and must stay out of the corpus`);
    }
  }
  return [...new Set(problems)];
}

/** Golden prompts that are written in the corpus, whatever their case and punctuation. */
export function checkHeldOut(corpus: Corpus, heldOut: ReadonlySet<string>): string[] {
  const inputs = [
    ...allBlocks(corpus.intents).flatMap((block) => block.inputs),
    ...corpus.scripts.flatMap((script) => script.exchanges.map((exchange) => exchange.input)),
  ];
  const leaked = inputs.flatMap(textsOf).filter((text) => heldOut.has(plainWords(text)));
  return [...new Set(leaked)].map(
    (text) => `"${text}" is a golden test prompt and must stay out of the corpus`,
  );
}

/** A text without case and punctuation, to compare wordings. */
export function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("'", "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function tooFew(counts: Counts): string[] {
  const least: readonly (readonly [keyof Counts, number, string])[] = [
    ["intents", LEAST_INTENTS, "intents"],
    ["withFollowUps", LEAST_WITH_FOLLOW_UPS, "intents with follow-ups"],
    ["scripts", LEAST_SCRIPTS, "scripts of several exchanges"],
    ["exchanges", LEAST_EXCHANGES, "hand-written exchanges"],
    ["unknownQuestions", LEAST_UNKNOWN_QUESTIONS, "questions it cannot answer"],
  ];
  return least
    .filter(([key, limit]) => counts[key] < limit)
    .map(([key, limit, words]) => `only ${counts[key]} ${words}, at least ${limit} are wanted`);
}

function doubledNames({ intents }: Corpus): string[] {
  return doubles(allBlocks(intents).map((block) => block.id)).map(
    (id) => `two blocks are named ${id}`,
  );
}

/** A first message that two intents claim would teach the model two minds about it. */
function doubledIntents({ intents }: Corpus): string[] {
  const claimed = new Map<string, string>();
  const problems: string[] = [];
  for (const { id, place, inputs } of intents.filter((block) => !block.verbatim)) {
    for (const { written } of inputs) {
      const words = plainWords(written);
      const other = claimed.get(words) ?? id;
      if (words !== "" && other !== id && written !== "{hello}") {
        problems.push(`${place} (${id}): "${written}" belongs to ${other} already`);
      }
      claimed.set(words, other);
    }
  }
  return problems;
}

function wrongInput(text: string, at: string): string[] {
  const problems: string[] = [];
  if (text.trim() === "") problems.push("an empty input");
  if (text.split(" ").length > MOST_INPUT_WORDS) problems.push("an input is too long");
  if (/[\u2018-\u201f\u2013\u2014\u2026]/.test(text)) problems.push("curly quotes or long dashes");
  if (/@(everyone|here|channel)\b/.test(text)) problems.push("it pings everybody");
  if (/[{}]/.test(text)) problems.push("a list is not filled in");
  return problems.map((problem) => `${at}: "${text}": ${problem}`);
}

function wrongReply(text: string, at: string): string[] {
  if (text === SILENCE) return [];
  const problems: string[] = [];
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) problems.push("an empty reply");
  if (words.length > MOST_REPLY_WORDS)
    problems.push(`${words.length} words, ${MOST_REPLY_WORDS} are allowed`);
  if (!/^[\x20-\x7e]*$/.test(text)) problems.push("replies are written in plain ASCII");
  if (!/[.!?:`"]$/.test(text)) problems.push("a reply ends like a sentence");
  if (/  /.test(text)) problems.push("two spaces in a row");
  if (text.includes("@")) problems.push("replies mention nobody");
  if (/[{}|]/.test(text)) problems.push("a list is not filled in");
  if ((text.match(/`/g) ?? []).length % 2 !== 0) problems.push("an open backtick");
  problems.push(...wrongCommands(text));
  return problems.map((problem) => `${at}: "${text}": ${problem}`);
}

function wrongCommands(text: string): string[] {
  const problems: string[] = [];
  for (const [, quoted = ""] of text.matchAll(/`([^`]*)`/g)) {
    const [first, verb = "", noun = "", ...rest] = quoted.split(" ");
    for (const flag of [first, verb, noun, ...rest].filter((word) => word?.startsWith("-"))) {
      if (flag !== undefined && !FLAGS.has(flag)) problems.push(`there is no flag ${flag}`);
    }
    if (first !== "lfz" || verb === "" || verb.startsWith("-")) continue;
    const nouns = COMMANDS[verb];
    if (!nouns) problems.push(`there is no command lfz ${verb}`);
    else if (nouns.length > 0 && /^[a-z]+$/.test(noun) && !nouns.includes(noun)) {
      problems.push(`there is no command lfz ${verb} ${noun}`);
    }
  }
  if (/\blfz [a-z]/.test(text.replace(/`[^`]*`/g, "")))
    problems.push("commands stand in backticks");
  return problems;
}

function doubles(items: readonly string[]): string[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}

function filled(inputs: readonly Input[]): number {
  return inputs.reduce((sum, input) => sum + input.texts.length, 0);
}

function textsOf(input: Input): readonly string[] {
  return input.texts;
}
