/**
 * Who lies where in the KV cache.
 *
 * The slots that decode together are always the first ones, so that one view
 * covers them: a chat that joins or leaves changes places with a neighbour.
 * The rest are reading their prompt, paused, or idle; an idle slot keeps the
 * ids it holds, and a prompt that begins with them is only read from where
 * they differ. So the next turn of a conversation costs its new words only.
 */

import type { TokenId } from "../core/tokenizer/tokenizer.ts";
import type { Decoder } from "../core/decoder/decoder.ts";

/**
 * A shared beginning shorter than this is not worth taking another
 * conversation's place for while an emptier slot is idle.
 */
const WORTH_REUSING = 8;

export interface Slot<Chat> {
  /** The place in the cache; changes when slots change places. */
  index: number;
  /** What the cache holds, position by position. */
  readonly ids: TokenId[];
  chat: Chat | undefined;
  lastUsed: number;
}

export class SlotTable<Chat> {
  readonly #decoder: Pick<Decoder, "slots" | "swap">;
  readonly #slots: Slot<Chat>[];
  #active = 0;
  #clock = 0;

  constructor(decoder: Pick<Decoder, "slots" | "swap">) {
    this.#decoder = decoder;
    this.#slots = Array.from({ length: decoder.slots }, (_, index) => ({
      index,
      ids: [],
      chat: undefined,
      lastUsed: 0,
    }));
  }

  /** The slots of the next joint step, in the order of the cache. */
  get active(): readonly Slot<Chat>[] {
    return this.#slots.slice(0, this.#active);
  }

  /** Slots with a chat that does not decode: it reads its prompt or is paused. */
  get waiting(): readonly Slot<Chat>[] {
    return this.#slots.slice(this.#active).filter(({ chat }) => chat !== undefined);
  }

  get hasIdle(): boolean {
    return this.#slots.some(({ chat }) => chat === undefined);
  }

  /** Takes an idle slot, and keeps in it what `prompt` begins with; always leaves a token to read. */
  claim(chat: Chat, prompt: readonly TokenId[]): Slot<Chat> | undefined {
    const idle = this.#slots.filter((slot) => slot.chat === undefined);
    const reusable = (slot: Slot<Chat>) => {
      const shared = sharedLength(slot.ids, prompt);
      return shared >= WORTH_REUSING ? shared : 0;
    };
    idle.sort((a, b) => reusable(b) - reusable(a) || a.lastUsed - b.lastUsed);
    const slot = idle[0];
    if (!slot) return undefined;
    slot.ids.length = Math.min(sharedLength(slot.ids, prompt), prompt.length - 1);
    slot.chat = chat;
    return slot;
  }

  /** Lets a waiting slot decode from the next step on. */
  activate(slot: Slot<Chat>): void {
    this.#exchange(slot, this.#slots[this.#active]!);
    this.#active++;
  }

  /** Takes a slot out of the joint step; what it holds stays. */
  deactivate(slot: Slot<Chat>): void {
    this.#active--;
    this.#exchange(slot, this.#slots[this.#active]!);
  }

  /** Ends a chat; its ids stay for the next turn. */
  release(slot: Slot<Chat>): void {
    if (slot.index < this.#active) this.deactivate(slot);
    slot.chat = undefined;
    slot.lastUsed = ++this.#clock;
  }

  #exchange(a: Slot<Chat>, b: Slot<Chat>): void {
    if (a === b) return;
    this.#decoder.swap([a.index, b.index], [a.ids.length, b.ids.length]);
    [a.index, b.index] = [b.index, a.index];
    this.#slots[a.index] = a;
    this.#slots[b.index] = b;
  }
}

/** How many ids two sequences have in common from the start. */
function sharedLength(a: readonly TokenId[], b: readonly TokenId[]): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}
