/**
 * What there is to know about conversation files before learning from them.
 *
 * Counts in constant memory; `inspection-report.ts` lays the result out for
 * people. A problem is a row that cannot be read; a remark is a row that
 * can, but will not teach what one may think.
 */

import type { Conversation } from "../../src/core/chat/conversation.ts";
import { renderConversation } from "../../src/core/chat/template.ts";
import { methodOf } from "../../src/core/feedback/preference.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { Histogram } from "./histogram.ts";
import { missingProvenance, withProvenance, type Provenance } from "./provenance.ts";
import type { BadRow, Row } from "./read-rows.ts";
import { scriptOf } from "./script-of.ts";

/** So many problems are listed, the others only counted. */
const LISTED_PROBLEMS = 20;
const LISTED_SOURCES = 50;

export interface Remark {
  rows: number;
  /** Where it was seen first: `chats.jsonl, line 3`. */
  readonly first: string;
}

export interface InspectOptions extends Provenance {
  readonly examples: number;
  /** Measures conversations in tokens too. */
  readonly tokenizer?: ChatTokenizer;
}

export class Inspection {
  readonly #options: InspectOptions;
  readonly #turns = new Histogram();
  readonly #characters = new Histogram();
  readonly #tokens = new Histogram();
  readonly #problems: string[] = [];
  readonly #remarks = new Map<string, Remark>();
  readonly #scripts = new Map<string, number>();
  readonly #sources = new Map<string, number>();
  readonly #examples: Conversation[] = [];
  #badRows = 0;

  constructor(options: InspectOptions) {
    this.#options = options;
  }

  add(row: Row | BadRow): void {
    if ("problem" in row) {
      this.#badRows++;
      if (this.#problems.length < LISTED_PROBLEMS) this.#problems.push(row.problem.message);
      return;
    }
    const conversation = withProvenance(row, this.#options);
    const { messages } = conversation;
    const text = messages.map(({ content }) => content).join("\n");
    this.#turns.add(messages.length);
    for (const { content } of messages) this.#characters.add(content.length);
    const { tokenizer } = this.#options;
    if (tokenizer) this.#tokens.add(renderConversation(messages, tokenizer).ids.length);
    increase(this.#scripts, scriptOf(text));
    increase(this.#sources, this.#listed(conversation.source ?? "unknown"));
    for (const remark of remarksOn(conversation)) this.#note(remark, row);
    if (methodOf(conversation) !== undefined) return; // learnt in another way
    if (this.#examples.length < this.#options.examples) this.#examples.push(conversation);
  }

  get result() {
    return {
      conversations: this.#turns.summary.count,
      badRows: this.#badRows,
      problems: this.#problems,
      remarks: Object.fromEntries(this.#remarks),
      sources: byCount(this.#sources),
      scripts: byCount(this.#scripts),
      messages: this.#turns.summary,
      characters: this.#characters.summary,
      tokens: this.#options.tokenizer && this.#tokens.summary,
      examples: this.#examples,
    };
  }

  #listed(source: string): string {
    return this.#sources.has(source) || this.#sources.size < LISTED_SOURCES ? source : "others";
  }

  #note(remark: string, { file, line }: Row): void {
    const noted = this.#remarks.get(remark);
    if (noted) noted.rows++;
    else this.#remarks.set(remark, { rows: 1, first: `${file}, line ${line}` });
  }
}

export type InspectionResult = Inspection["result"];

const JUDGED = { dpo: "a pair of replies", kto: "a rated reply" } as const;

function remarksOn(conversation: Conversation): string[] {
  const { messages, consent } = conversation;
  const remarks = missingProvenance(conversation)
    .filter((field) => field !== "consent" || consent !== false)
    .map((field) => `no ${field}: training needs --${field}`);
  if (consent === false) remarks.push("consent is false: training refuses it");
  const method = methodOf(conversation);
  if (method !== undefined) remarks.push(`${JUDGED[method]}: for finetune --method ${method}`);
  else if (!messages.some(({ role }) => role === "assistant")) remarks.push("nobody answers");
  if (messages.some(({ content }) => content.trim() === "")) remarks.push("an empty message");
  return remarks;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function byCount(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
