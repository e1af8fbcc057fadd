/** The limits of Block Kit that a bot runs into when text is long or comes from a person. */

import type { Block, World } from "../world.ts";
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

const IMAGE_SIGNATURES = ["89504e47", "ffd8ff", "47494638"];

/** @throws SlackError unless every picture that lies in Slack is a whole image */
export function checkSlackFiles(blocks: readonly Block[], { files }: Pick<World, "files">): void {
  for (const [index, { slack_file: shown }] of blocks.entries()) {
    if (shown === undefined) continue;
    const file = files.get(String((shown as Fields)["id"]));
    const signature = file?.content?.subarray(0, 4).toString("hex") ?? "";
    const isImage = IMAGE_SIGNATURES.some((known) => signature.startsWith(known));
    if (!file?.isComplete || !isImage) refuse(`invalid slack file [json-pointer:/blocks/${index}]`);
  }
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
  if (block.type === "image") checkImage(block);
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

function checkImage({ alt_text: alt, image_url: url, slack_file: file }: Block): void {
  if (lengthOf(alt) === 0) refuse("missing required field: alt_text");
  atMost(2000, alt, "alt_text");
  if ((url === undefined) === (file === undefined)) refuse("one of image_url and slack_file");
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
