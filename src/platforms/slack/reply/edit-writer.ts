/**
 * A reply written by posting and editing: where streaming is not to be had,
 * where a stream broke, and where what was shown has to change.
 *
 * Whatever happened before, after `write` the messages show exactly the text.
 */

import { splitMessage } from "../../../chat/split.ts";
import { MARKDOWN_LIMIT, type ReplyBlock } from "./reply-blocks.ts";
import { post, remove, STREAMING, update, type ReplyTarget } from "./reply-target.ts";
import { refusalOf } from "../conversation/workspace.ts";

/** What stands already, and is part of the reply. */
export interface Beginnings {
  /** Messages that are complete, and the text in them. */
  readonly complete: readonly string[];
  readonly text: string;
  /** What the next message begins with: a fence that goes on. */
  readonly opening: string;
  /** Messages that still change. */
  readonly open: readonly string[];
}

export const NOTHING: Beginnings = { complete: [], text: "", opening: "", open: [] };

/** A message that somebody deleted under our hands, and one whose stream cannot be ended. */
const GONE_OR_STUCK = new Set(["message_not_found", STREAMING]);

interface OpenMessage {
  ts: string;
  /** Nothing if it is not known. */
  shown?: string;
}

export class EditWriter {
  readonly pace = 2000;
  readonly #target: ReplyTarget;
  #complete: readonly string[];
  #fixed: string;
  #opening: string;
  #open: OpenMessage[];

  constructor(target: ReplyTarget, { complete, text, opening, open }: Beginnings = NOTHING) {
    this.#target = target;
    this.#complete = complete;
    this.#fixed = text;
    this.#opening = opening;
    this.#open = open.map((ts) => ({ ts }));
  }

  /** The messages of the reply, in order. */
  get messages(): readonly string[] {
    return [...this.#complete, ...this.#open.map(({ ts }) => ts)];
  }

  /** `blocks` stand under the last message. Rejects if something could not be shown; the next call makes up for it. */
  async write(text: string, blocks: readonly ReplyBlock[]): Promise<void> {
    if (!text.startsWith(this.#fixed)) this.#reopen();
    const pieces = splitMessage(this.#opening + text.slice(this.#fixed.length), MARKDOWN_LIMIT);
    const isEmpty = pieces.length === 0 && this.#complete.length === 0;
    const texts = isEmpty || pieces.length === 0 ? [""] : pieces;
    for (const [index, piece] of texts.entries()) {
      const isLast = index === texts.length - 1;
      await this.#put(index, { text: piece, blocks: isLast ? blocks : [] });
    }
    for (const { ts } of this.#open.splice(texts.length)) await remove(this.#target, ts);
  }

  async withdraw(): Promise<void> {
    for (const ts of this.messages) await remove(this.#target, ts);
  }

  /** The text begins differently now: everything may change. */
  #reopen(): void {
    this.#open = [...this.#complete.map((ts) => ({ ts })), ...this.#open];
    this.#complete = [];
    this.#fixed = "";
    this.#opening = "";
  }

  async #put(
    index: number,
    written: { readonly text: string; readonly blocks: readonly ReplyBlock[] },
  ): Promise<void> {
    const shown = JSON.stringify(written);
    const message = this.#open[index];
    if (message?.shown === shown) return;
    const part = this.#complete.length + index;
    if (!message) {
      this.#open[index] = { ts: await post(this.#target, part, written), shown };
      return;
    }
    try {
      await update(this.#target, message.ts, written);
    } catch (error) {
      if (!GONE_OR_STUCK.has(refusalOf(error) ?? "")) throw error;
      await remove(this.#target, message.ts);
      message.ts = await post(this.#target, part, written);
    }
    message.shown = shown;
  }
}
