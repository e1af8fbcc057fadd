/** The limits of Block Kit that a bot runs into when text is long or comes from a person. */

import type { Block } from "../world.ts";
import { SlackError } from "./method.ts";

const MARKDOWN_LIMIT = 12_000;
const SECTION_LIMIT = 3000;

type Fields = Readonly<Record<string, unknown>>;

/** @throws SlackError as Slack refuses the blocks of a message */
export function checkBlocks(blocks: readonly Block[], limit = 50): void {
  if (!Array.isArray(blocks)) throw new SlackError("invalid_blocks_format");
  if (blocks.length > limit) refuse(`no more than ${limit} items allowed`);
  let markdown = 0;
  for (const block of blocks) {
    if (block.type === "markdown") markdown += lengthOf(block["text"]);
    else checkBlock(block);
  }
  if (markdown > MARKDOWN_LIMIT) throw new SlackError("msg_blocks_too_long");
}

/** @throws SlackError as Slack refuses a modal or a home tab */
export function checkView(view: Fields): void {
  if (view["type"] === "modal") {
    for (const name of ["title", "submit", "close"]) atMost(24, textOf(view[name]), name);
    if (textOf(view["title"]) === "") refuse("missing required field: title");
  }
  atMost(3000, view["private_metadata"], "private_metadata");
  checkBlocks(view["blocks"] as readonly Block[], 100);
}

function checkBlock(block: Block): void {
  const elements = (block["elements"] ?? []) as readonly Fields[];
  if (block.type === "section") atMost(SECTION_LIMIT, textOf(block["text"]), "section text");
  if (block.type === "header") atMost(150, textOf(block["text"]), "header text");
  if (block.type === "input") atMost(2000, textOf(block["label"]), "label");
  if (block.type === "actions" && elements.length > 25) refuse("too many elements");
  if (block.type === "context_actions" && elements.length > 5) refuse("too many elements");
  if (block.type === "context" && elements.length > 10) refuse("too many elements");
  const ids = elements.flatMap(({ action_id: id }) => (id === undefined ? [] : [id]));
  if (new Set(ids).size < ids.length) refuse("action_id already exists");
  for (const element of elements) checkElement(element);
  if (block["element"]) checkElement(block["element"] as Fields);
}

function checkElement(element: Fields): void {
  atMost(255, element["action_id"], "action_id");
  atMost(2000, element["value"], "value");
  if (element["type"] === "button") atMost(75, textOf(element["text"]), "button text");
  atMost(3000, element["initial_value"], "initial_value");
}

function textOf(composed: unknown): string {
  return String((composed as { text?: unknown } | undefined)?.text ?? "");
}

function lengthOf(text: unknown): number {
  return typeof text === "string" ? text.length : 0;
}

function atMost(limit: number, text: unknown, what: string): void {
  if (lengthOf(text) > limit) refuse(`must be less than ${limit + 1} characters: ${what}`);
}

function refuse(why: string): never {
  throw new SlackError("invalid_blocks", {
    response_metadata: { messages: [`[ERROR] ${why}`] },
  });
}
