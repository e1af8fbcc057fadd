/**
 * One reply as messages of a channel: posted once, edited as it grows, its
 * last message with the buttons.
 *
 * Every message has a nonce of its own, so that posting it again, after an
 * answer that got lost, finds the first one instead of making a second.
 */

import type { Message, SendableChannels } from "discord.js";

import type { Clock } from "../../chat/clock.ts";
import type { ReplyEnd, ReplyView } from "../../chat/platform.ts";
import type { Log } from "../../log.ts";
import { inOpenThread } from "./open-thread.ts";
import { mayAttach } from "./permissions.ts";
import { isPassing, isUnknownMessage, persist } from "./refusals.ts";
import {
  growingPieces,
  isSame,
  lastPieces,
  THINKING,
  toPayload,
  type Piece,
} from "./reply-pieces.ts";

/** Discord allows five edits in five seconds in a channel; this leaves it room for others. */
const PACE = 1200;

/** Typing is seen for ten seconds. */
const TYPING_RENEWAL = 8000;

const READ_SIGN = "👀";

export interface ReplyAnchor {
  readonly channel: SendableChannels;
  readonly questionId: string;
  /** Messages of a reply that this one replaces. */
  readonly earlier: readonly Message[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A message as it stands; `gone` once somebody deleted it: then it stays so. */
interface Shown {
  readonly message: Message;
  piece?: Piece;
  isGone: boolean;
}

export class MessageReply implements ReplyView {
  readonly pace = PACE;
  readonly #replyId: string;
  readonly #anchor: ReplyAnchor;
  readonly #ended = new AbortController();
  readonly #shown: Shown[];
  /** A message was sent of which nobody knows whether it arrived. */
  #isUnsure = false;

  constructor(replyId: string, anchor: ReplyAnchor) {
    this.#replyId = replyId;
    this.#anchor = anchor;
    this.#shown = anchor.earlier.map((message) => ({ message, isGone: false }));
  }

  /** The messages it consists of so far. */
  get messages(): readonly string[] {
    return this.#shown.filter(({ isGone }) => !isGone).map(({ message }) => message.id);
  }

  async begin(): Promise<void> {
    const { channel, clock } = this.#anchor;
    while (!this.#ended.signal.aborted) {
      await channel.sendTyping();
      await clock.sleep(TYPING_RENEWAL, this.#ended.signal);
    }
  }

  async show(text: string): Promise<void> {
    await this.#paint(growingPieces(text, mayAttach(this.#anchor.channel)));
  }

  async finish(end: ReplyEnd): Promise<readonly string[]> {
    this.#ended.abort();
    if (end.outcome === "silent" || end.outcome === "withdrawn") {
      await this.#erase();
      if (end.acknowledge) await this.#acknowledge();
    } else {
      await this.#attempt(() => this.#paint(lastPieces(end, mayAttach(this.#anchor.channel))));
    }
    return this.messages;
  }

  /** Brings the messages to look like the pieces. */
  async #paint(pieces: readonly Piece[]): Promise<void> {
    for (const [index, piece] of pieces.entries()) {
      const shown = this.#shown[index];
      if (!shown) await this.#post(index, piece);
      else if (!isSame(shown.piece, piece)) await this.#edit(shown, piece);
    }
    for (const shown of this.#shown.slice(pieces.length)) await this.#delete(shown);
    this.#shown.splice(pieces.length);
  }

  async #post(index: number, piece: Piece): Promise<void> {
    const { channel, questionId } = this.#anchor;
    const reply = { messageReference: questionId, failIfNotExists: false };
    this.#isUnsure = true;
    try {
      const message = await channel.send({
        ...toPayload(piece, this.#replyId),
        nonce: `${this.#replyId}-${index}`,
        enforceNonce: true,
        ...(index === 0 && { reply }),
      });
      this.#isUnsure = false;
      const shown: Shown = { message, piece, isGone: false };
      this.#shown.push(shown);
      // An earlier attempt got through after all, with the words of that moment.
      if (message.content !== piece.content.trim()) await this.#edit(shown, piece);
    } catch (error) {
      this.#isUnsure &&= isPassing(error);
      throw error;
    }
  }

  async #edit(shown: Shown, piece: Piece): Promise<void> {
    if (shown.isGone) return;
    shown.piece = undefined; // unknown until it is done
    try {
      await inOpenThread(this.#anchor.channel, () => {
        const attachments: [] = []; // what hung there is replaced, also by an attempt that got through
        return shown.message.edit({ ...toPayload(piece, this.#replyId), attachments });
      });
      shown.piece = piece;
    } catch (error) {
      if (!isUnknownMessage(error)) throw error;
      shown.isGone = true;
    }
  }

  async #delete(shown: Shown): Promise<void> {
    if (shown.isGone) return;
    try {
      await inOpenThread(this.#anchor.channel, () => shown.message.delete());
    } catch (error) {
      if (!isUnknownMessage(error)) throw error;
    }
    shown.isGone = true;
  }

  /** Leaves nothing, not even a message that was sent and never confirmed. */
  async #erase(): Promise<void> {
    await this.#attempt(async () => {
      if (this.#isUnsure) await this.#post(this.#shown.length, THINKING);
      await this.#paint([]);
    });
  }

  async #acknowledge(): Promise<void> {
    const { channel, questionId, log } = this.#anchor;
    try {
      await channel.messages.react(questionId, READ_SIGN);
    } catch (error) {
      log.debug("not acknowledged", { error }); // a courtesy, and not everywhere allowed
    }
  }

  #attempt<T>(work: () => Promise<T>): Promise<T> {
    return persist(work, this.#anchor.clock);
  }
}
