/**
 * The exchanges of conversation files, searchable: which of them are nearest
 * to a text, and whether words stand in any of them.
 *
 * What is held in memory is bounded: of files larger than that a part of the
 * conversations is read, chosen evenly.
 */

import { stat } from "node:fs/promises";

import { parseConversation, type Conversation } from "../core/chat/conversation.ts";
import { readLines } from "../core/files.ts";
import { Bm25Index } from "./bm25.ts";
import { spelledIn } from "./words.ts";

/** Bytes of conversations: with the index about three times as much in memory. */
const MOST_BYTES = 48 * 1024 * 1024;
const MOST_LINE_BYTES = 16 * 1024 * 1024;

/** Characters of each side that are shown. */
const SHOWN = 160;

/** So many of the best are looked at for rows that are not the same. */
const LOOKED_AT = 50;

/**
 * Licences under which everybody may read a row. What has another, or none,
 * may be the chats of a company: it is shown to admins only.
 */
const OPEN_LICENCE =
  /^(mit|apache|bsd|cc0|cc[ -]by|odc|odbl|pddl|cdla|gfdl|unlicense|public[ -]domain)\b/i;

export interface TrainingRow {
  readonly user: string;
  readonly bot: string;
  readonly source: string | undefined;
  readonly licence: string | undefined;
}

/** What is asked of rows. */
export interface RowQuery {
  readonly text: string;
  readonly most: number;
  /** Only what everybody may read. */
  readonly isPublic: boolean;
}

export class Rows {
  readonly #rows: TrainingRow[] = [];
  readonly #index = new Bm25Index();
  /** The part of the conversations that was read, 0 to 1. */
  readonly share: number;

  private constructor(share: number) {
    this.share = share;
  }

  static async read(paths: readonly string[], mostBytes = MOST_BYTES): Promise<Rows> {
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const rows = new Rows(Math.min(1, mostBytes / total));
    for (const path of paths) await rows.#readFile(path);
    return rows;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Different rows, the nearest first. */
  nearest({ text, most, isPublic }: RowQuery): TrainingRow[] {
    const hits = this.#index.nearest(spelledIn(text), LOOKED_AT);
    const found = new Map<string, TrainingRow>();
    for (const hit of hits) {
      const row = this.#rows[hit.text];
      if (!row || (isPublic && !isOpen(row))) continue;
      const key = `${row.user}\n${row.bot}`.toLowerCase();
      if (found.size < most && !found.has(key)) found.set(key, row);
    }
    return Array.from(found.values(), ({ user, bot, ...row }) => {
      return { ...row, user: shortened(user), bot: shortened(bot) };
    });
  }

  /** Do these words stand in a row that everybody may read, in this order with nothing between? */
  has(words: readonly string[]): boolean {
    const sequence = ` ${words.join(" ")} `;
    for (const text of this.#index.withAll(words)) {
      const row = this.#rows[text];
      const sides = row && isOpen(row) ? [row.user, row.bot] : [];
      if (sides.some((side) => ` ${spelledIn(side).join(" ")} `.includes(sequence))) return true;
    }
    return false;
  }

  async #readFile(path: string): Promise<void> {
    for await (const { bytes, number } of readLines(path, MOST_LINE_BYTES)) {
      const isChosen = Math.floor(number * this.share) > Math.floor((number - 1) * this.share);
      const conversation = isChosen ? conversationIn(bytes.toString(), path) : undefined;
      if (conversation) this.#take(conversation);
    }
  }

  #take({ messages, source, licence }: Conversation): void {
    let user = "";
    for (const { role, content } of messages) {
      if (role === "user") user = content;
      if (role !== "assistant") continue;
      this.#rows.push({ user, bot: content, source, licence });
      this.#index.add([...spelledIn(user), ...spelledIn(content)]);
    }
  }
}

/** A line that is none was refused when the model was trained. */
function conversationIn(line: string, path: string): Conversation | undefined {
  try {
    return parseConversation(JSON.parse(line), path);
  } catch {
    return undefined; // nothing was learnt from it either
  }
}

function isOpen({ licence }: TrainingRow): boolean {
  return licence !== undefined && OPEN_LICENCE.test(licence);
}

/** On one line, and no longer than is shown. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN).trimEnd()}…`;
}
