/**
 * A reply cut into messages: what each of them says, which buttons it has,
 * and what becomes a file because nobody would scroll through it.
 */

import { Buffer } from "node:buffer";

import { CONTROLS_WHILE_WRITING, type Control } from "../../chat/controls.ts";
import type { ReplyEnd } from "../../chat/platform.ts";
import { splitMessage } from "../../chat/split.ts";
import { toButtons } from "./button-rows.ts";
import { defuse, LONGEST_MESSAGE, toSmallPrint } from "./text.ts";

/** What is longer is a file, where one may be attached. */
const MOST_MESSAGES = 3;

const REST_IN_FILE = "The whole reply is in the file.";

/** What one message is to look like. */
export interface Piece {
  readonly content: string;
  readonly controls: readonly Control[];
  readonly file?: string;
}

const NO_CONTROLS: readonly Control[] = [];

/** Shown before there are words. */
export const THINKING: Piece = {
  content: toSmallPrint("💭 thinking…"),
  controls: CONTROLS_WHILE_WRITING,
};

/** A reply that is being written; no text yet: the bot thinks. */
export function growingPieces(text: string, mayAttach: boolean): Piece[] {
  const most = mayAttach ? MOST_MESSAGES : Infinity;
  const pieces = splitMessage(defuse(text), LONGEST_MESSAGE).slice(0, most);
  return pieces.length > 0 ? toPieces(pieces, CONTROLS_WHILE_WRITING) : [THINKING];
}

/** The whole reply, its remarks below it, its buttons at the end. */
export function lastPieces({ text, notes, controls }: ReplyEnd, mayAttach: boolean): Piece[] {
  const pieces = splitMessage(defuse(text), LONGEST_MESSAGE);
  if (mayAttach && pieces.length > MOST_MESSAGES) {
    return beginningAndFile(pieces, notes, controls, text);
  }
  return toPieces(withNotes(pieces, notes), controls);
}

function beginningAndFile(
  pieces: readonly string[],
  notes: readonly string[],
  controls: readonly Control[],
  text: string,
): Piece[] {
  const small = [REST_IN_FILE, ...notes].map(toSmallPrint).join("\n");
  const [last = ""] = splitMessage(
    pieces[MOST_MESSAGES - 1] ?? "",
    LONGEST_MESSAGE - small.length - 1,
  );
  const shown = [...pieces.slice(0, MOST_MESSAGES - 1), `${last}\n${small}`];
  return toPieces(shown, controls, text);
}

/** The notes stand below the last message, or in one of their own where that is full. */
function withNotes(pieces: readonly string[], notes: readonly string[]): string[] {
  if (notes.length === 0) return [...pieces];
  const small = notes.map(toSmallPrint).join("\n");
  const last = [pieces.at(-1), small].filter(Boolean).join("\n");
  return last.length <= LONGEST_MESSAGE ? [...pieces.slice(0, -1), last] : [...pieces, small];
}

function toPieces(
  contents: readonly string[],
  controls: readonly Control[],
  file?: string,
): Piece[] {
  return contents.map((content, index) =>
    index === contents.length - 1
      ? { content, controls, file }
      : { content, controls: NO_CONTROLS },
  );
}

export function isSame(one: Piece | undefined, other: Piece): boolean {
  return (
    one?.content === other.content && one.controls === other.controls && one.file === other.file
  );
}

export function toPayload({ content, controls, file }: Piece, replyId: string) {
  return {
    content,
    components: toButtons(controls, replyId),
    ...(file !== undefined && {
      files: [{ name: "reply.md", attachment: Buffer.from(file) }],
    }),
  };
}
