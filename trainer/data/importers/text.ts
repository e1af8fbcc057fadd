/**
 * Plain text: a story, notes, a book. There is nobody to talk to in it, so the
 * whole text is the bot's.
 *
 * A text comes as pieces of some thousand characters that end where a
 * paragraph does: the splits then each get some of it, and memory stays
 * constant. Joined, the pieces are the text again, character by character,
 * with \n for \r\n.
 */

import { basename } from "node:path";

import { HintedError } from "../../../src/core/errors.ts";
import { readBytes, requireFile } from "../../../src/core/files.ts";
import type { BadRow, Row } from "../read-rows.ts";
import type { Importer } from "./importer.ts";

/** Characters after which the next end of a paragraph ends a piece, the next line break, anything. */
const PIECE = 8_000;
const LONG_PIECE = 32_000;
const LONGEST_PIECE = 64_000;

export const text: Importer = {
  name: "text",
  summary: "plain text, .txt, learnt as it stands",
  accepts: (path) => /\.txt(\.gz)?$/i.test(path),
  read: readPieces,
};

async function* readPieces(file: string): AsyncGenerator<Row | BadRow> {
  if (file !== "-") await requireFile(file, "text");
  const source = file === "-" ? "text" : basename(file).replace(/\.txt(\.gz)?$/i, "");
  let rest = "";
  let line = 1;
  let pieces = 0;
  const toRow = (content: string): Row => {
    const id = `${source}-${++pieces}`;
    const row = {
      conversation: { messages: [{ role: "assistant" as const, content }], source, id },
      file,
      line,
      bytes: Buffer.byteLength(content),
    };
    line += content.split("\n").length - 1;
    return row;
  };
  for await (const chunk of decoded(file)) {
    rest += chunk;
    for (let end = endOfPiece(rest); end > 0; end = endOfPiece(rest)) {
      yield toRow(rest.slice(0, end));
      rest = rest.slice(end);
    }
  }
  if (rest !== "") yield toRow(rest);
  if (pieces > 0) return;
  throw new HintedError(`${file} is empty: there is no text in it.`, { hint: "Check the path." });
}

/** Where the first piece of a text that goes on ends; 0 while it may still grow. */
function endOfPiece(rest: string): number {
  const paragraph = rest.indexOf("\n\n", PIECE);
  // what follows must not be a line break: it would belong to this end
  if (paragraph >= 0 && paragraph < LONG_PIECE) {
    const next = rest.slice(paragraph).search(/[^\n]/);
    return next < 0 ? 0 : paragraph + next;
  }
  if (rest.length < LONGEST_PIECE) return 0;
  const line = rest.indexOf("\n", LONG_PIECE);
  return line >= 0 && line < LONGEST_PIECE ? line + 1 : wholeCharacters(rest, LONGEST_PIECE);
}

/** A cut must not go through a surrogate pair. */
function wholeCharacters(rest: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(rest.charAt(end - 1)) ? end - 1 : end;
}

async function* decoded(file: string): AsyncGenerator<string> {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let held = ""; // a \r at the end may belong to a \n that has not come yet
  try {
    for await (const chunk of readBytes(file)) {
      const characters = held + utf8.decode(chunk, { stream: true });
      held = characters.endsWith("\r") ? "\r" : "";
      yield characters.slice(0, characters.length - held.length).replaceAll("\r\n", "\n");
      bytes += chunk.length;
    }
    yield held + utf8.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new HintedError(`${file}: not UTF-8, somewhere after byte ${bytes}.`, {
      hint: "Save the file as UTF-8.",
      cause,
    });
  }
}
