/**
 * The rows of a conversation file: JSONL, plain or gzipped, in constant memory.
 *
 * Knows how a line can be broken and says so with file, line and value; not
 * who may be trained on (provenance.ts), nor what becomes of a row. A byte
 * order mark, \r\n and blank lines are nobody's fault and are passed over.
 */

import { HintedError } from "../../src/core/errors.ts";
import { parseConversation, type Conversation } from "../../src/core/chat/conversation.ts";
import { readLines, requireFile, type Line } from "../../src/core/files.ts";

/** A line longer than this is no conversation but a file of another kind. */
const LONGEST_LINE = 16e6;

/** What a line says, from its JSON; `where` names it in errors. */
export type ParseRow<C extends Conversation> = (value: unknown, where: string) => C;

export interface Row<C extends Conversation = Conversation> {
  readonly conversation: C;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of the line, unpacked. */
  readonly bytes: number;
}

export interface BadRow {
  readonly problem: HintedError;
  readonly file: string;
  readonly line: number;
}

/** Every conversation, good or bad; whoever needs them all good throws the problem. */
export function readRows(file: string): AsyncGenerator<Row | BadRow> {
  return readRowsAs(file, parseConversation);
}

/**
 * The same for rows that say more than a conversation.
 *
 * @throws HintedError if the file itself cannot be read as lines
 */
export async function* readRowsAs<C extends Conversation>(
  file: string,
  parse: ParseRow<C>,
): AsyncGenerator<Row<C> | BadRow> {
  const name = nameOf(file);
  if (file !== "-") await requireFile(file, "conversation file");
  let rows = 0;
  for await (const line of readLines(file, LONGEST_LINE)) {
    if (line.number === 1) refuseDocument(line.bytes, name);
    const row = rowOf(line, name, parse);
    if (!row) continue;
    rows++;
    yield row;
  }
  if (rows === 0) {
    throw new HintedError(`${name} is empty: there is no conversation in it.`, {
      hint: "Check the path, or export the conversations again.",
    });
  }
}

/** The file as people call it: standard input has no path. */
export function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}

/** JSON spread over lines would be one bad row after the other: better said once. */
function refuseDocument(firstLine: Buffer, file: string): void {
  const text = firstLine.length < 10 ? firstLine.toString().trim() : "";
  if (text !== "[" && text !== "{") return;
  throw new HintedError(
    `${file}, line 1: one JSON document over many lines, not JSONL ("${text}").`,
    {
      hint: "Write one conversation a line, for example with `jq -c '.[]'`.",
    },
  );
}

function rowOf<C extends Conversation>(
  { bytes, number }: Line,
  file: string,
  parse: ParseRow<C>,
): Row<C> | BadRow | undefined {
  const where = `${file}, line ${number}`;
  try {
    const text = textOf(bytes, where).trim();
    if (text === "") return undefined;
    const conversation = parse(jsonOf(text, where), where);
    return { conversation, file, line: number, bytes: bytes.length };
  } catch (error) {
    if (error instanceof HintedError) return { problem: error, file, line: number };
    throw error;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Buffer, where: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    throw new HintedError(
      `${where}: not UTF-8 (${[...bytes.subarray(0, 8)].map(hex).join(" ")} …).`,
      {
        hint: isGzip
          ? "It is gzipped: give it a name that ends in .gz."
          : "Save the file as UTF-8.",
        cause,
      },
    );
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (isCutOff(text, String(cause))) {
      throw new HintedError(
        `${where}: the line is cut off after ${JSON.stringify(text.slice(-40))}.`,
        {
          hint: "The file was not written to its end: export or copy it again, or delete the line.",
          cause,
        },
      );
    }
    throw new HintedError(`${where}: not JSON: ${JSON.stringify(text.slice(0, 60))}.`, {
      hint: 'A line is an object like {"messages":[{"role":"user","content":"Hi"}]}.',
      cause,
    });
  }
}

/** The parser was still waiting for more when the line ended. */
function isCutOff(text: string, complaint: string): boolean {
  const position = /position (\d+)/.exec(complaint)?.[1];
  return text.startsWith("{") && (!text.endsWith("}") || Number(position) >= text.length);
}
