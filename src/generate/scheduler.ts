/**
 * Serves many replies from one model, a little of each at a time.
 *
 * One `advance` reads a piece of the prompts and decodes one token for every
 * chat that is ready, so a long prompt delays the others by one piece only,
 * and a new chat joins between two tokens of theirs. Who finds no slot waits
 * in a queue, first come, first served. Knows ids and slots; not text.
 */

import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import type { Decoder } from "../core/decoder/decoder.ts";
import type { Reply } from "./reply.ts";
import { SlotTable, type Slot } from "./slots.ts";

/** Tokens of prompts that are read between two joint steps. */
export const PROMPT_PIECE = 128;

/** Replies that may wait for a slot. */
const QUEUE_LIMIT = 32;

export interface SchedulerOptions {
  readonly promptPiece?: number;
  readonly queueLimit?: number;
}

export class Scheduler {
  readonly #decoder: Decoder;
  readonly #slots: SlotTable<Reply>;
  readonly #promptPiece: number;
  readonly #queueLimit: number;
  #queue: Reply[] = [];
  /** Chats whose prompt is not read yet; the one in front is served next. */
  #reading: Slot<Reply>[] = [];

  constructor(decoder: Decoder, options: SchedulerOptions = {}) {
    this.#decoder = decoder;
    this.#slots = new SlotTable(decoder);
    this.#promptPiece = options.promptPiece ?? PROMPT_PIECE;
    this.#queueLimit = options.queueLimit ?? QUEUE_LIMIT;
  }

  /** @throws HintedError if too many wait already. */
  add(reply: Reply): void {
    if (this.#queue.length >= this.#queueLimit && !this.#slots.hasIdle) {
      throw new HintedError(`The model is busy: ${this.#queue.length} replies are waiting.`, {
        hint: "Try again in a moment.",
        exitCode: EXIT_FAILURE,
      });
    }
    this.#queue.push(reply);
  }

  /** Does the next piece of work; false if there is none until something is added, read or aborted. */
  async advance(): Promise<boolean> {
    this.#clearFinished();
    this.#admit();
    const hasRead = await this.#readPrompts();
    this.#arrange();
    const hasDecoded = await this.#decode();
    this.#clearFinished();
    return hasRead || hasDecoded;
  }

  #admit(): void {
    while (this.#queue.length > 0 && this.#slots.hasIdle) {
      const reply = this.#queue.shift()!;
      const slot = this.#slots.claim(reply, reply.prompt);
      if (slot) this.#reading.push(slot);
    }
  }

  /** A piece's worth of prompts: the rest of a long one goes to the end of the line. */
  async #readPrompts(): Promise<boolean> {
    let left = this.#promptPiece;
    const hadWork = this.#reading.length > 0;
    while (left > 0 && this.#reading.length > 0) {
      const slot = this.#reading.shift()!;
      const reply = slot.chat!;
      const position = slot.ids.length;
      const piece = reply.prompt.slice(position, position + left);
      const logits = await this.#decoder.read(slot.index, position, piece);
      slot.ids.push(...piece);
      left -= piece.length;
      if (slot.ids.length < reply.prompt.length) this.#reading.push(slot);
      else reply.take(logits);
    }
    return hadWork;
  }

  /** Takes paused chats out of the joint step and lets ready ones in. */
  #arrange(): void {
    for (const slot of this.#slots.active) {
      if (slot.chat?.paused) this.#slots.deactivate(slot);
    }
    for (const slot of this.#slots.waiting) {
      if (isReady(slot)) this.#slots.activate(slot);
    }
  }

  async #decode(): Promise<boolean> {
    const active = this.#slots.active;
    if (active.length === 0) return false;
    const tokens = active.map(({ chat }) => chat!.lastToken);
    const positions = active.map(({ ids }) => ids.length);
    const logits = await this.#decoder.step(tokens, positions);
    active.forEach((slot, row) => {
      slot.ids.push(tokens[row]!);
      slot.chat!.take(logits[row]!);
    });
    return true;
  }

  /** Frees the places of replies that ended, by themselves or from outside. */
  #clearFinished(): void {
    this.#queue = this.#queue.filter(({ finished }) => !finished);
    this.#reading = this.#reading.filter(({ chat }) => !chat?.finished);
    for (const slot of [...this.#slots.active, ...this.#slots.waiting]) {
      if (slot.chat?.finished) this.#slots.release(slot);
    }
  }
}

/** The prompt is read, its first token is chosen, and somebody reads what comes. */
function isReady({ ids, chat }: Slot<Reply>): boolean {
  return chat !== undefined && !chat.finished && !chat.paused && ids.length >= chat.prompt.length;
}
