/**
 * Who is answered next, place by place: one reply at a time in each, all
 * places at once.
 *
 * Messages that one person sends back to back are one turn. What is edited
 * or deleted meanwhile is edited or gone here too, and a turn that is being
 * answered hears of it.
 */

import { setMaxListeners } from "node:events";

import { placeKey } from "./admission.ts";
import type { Clock } from "./clock.ts";
import type { ChatMessage, Place, Stage } from "./platform.ts";

/** So long a turn waits for one more message of the same person, in milliseconds. */
const GATHER = 400;

/** And so many messages it takes at most. */
const MOST_MESSAGES = 10;

/** Turns that may wait in one place. */
const MOST_WAITING = 12;

/** Why a reply in the making ends before its time. */
export type Interruption = "stopped" | "edited" | "withdrawn" | "interrupted";

/** A message, and what can be done where it stands. */
export interface Utterance {
  readonly message: ChatMessage;
  readonly stage: Stage;
}

/** What one person said in a row, to be answered once. */
export class Turn {
  #utterances: readonly Utterance[];
  #attempt = new AbortController();

  constructor(utterances: readonly Utterance[]) {
    this.#utterances = utterances;
  }

  get utterances(): readonly Utterance[] {
    return this.#utterances;
  }

  /** Begins to answer; the signal aborts with an `Interruption` as its reason. */
  begin(): AbortSignal {
    if (this.#attempt.signal.reason === "edited") this.#attempt = new AbortController();
    return this.#attempt.signal;
  }

  interrupt(why: Interruption): void {
    if (this.#attempt.signal.reason === "edited") this.#attempt = new AbortController();
    this.#attempt.abort(why);
  }

  /** False if the message is not part of this turn. */
  edit(messageId: string, text: string): boolean {
    const before = this.#utterances.find(({ message }) => message.id === messageId);
    if (!before) return false;
    if (before.message.text === text) return true; // a link that got its picture, say
    this.#utterances = this.#utterances.map((utterance) =>
      utterance.message.id === messageId
        ? { ...utterance, message: { ...utterance.message, text } }
        : utterance,
    );
    this.#attempt.abort("edited");
    return true;
  }

  remove(messageId: string): boolean {
    if (!this.#has(messageId)) return false;
    const left = this.#utterances.filter(({ message }) => message.id !== messageId);
    if (left.length === 0) {
      this.interrupt("withdrawn");
      return true;
    }
    this.#utterances = left;
    this.#attempt.abort("edited");
    return true;
  }

  #has(messageId: string): boolean {
    return this.#utterances.some(({ message }) => message.id === messageId);
  }
}

/** Answers a turn; never rejects. */
type Serve = (turn: Turn) => Promise<void>;

interface Waiting {
  utterance: Utterance;
  readonly settle: (wasServed: boolean) => void;
}

interface Queue {
  waiting: Waiting[];
  running?: Turn;
}

export class Turns {
  readonly #serve: Serve;
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queue>();
  readonly #closing = new AbortController();

  constructor(serve: Serve, clock: Clock) {
    this.#serve = serve;
    this.#clock = clock;
    setMaxListeners(0, this.#closing.signal); // many places gather at once, and that is no leak
  }

  /** Turns waiting or being answered. */
  get length(): number {
    let length = 0;
    for (const { waiting, running } of this.#queues.values()) {
      length += waiting.length + (running ? 1 : 0);
    }
    return length;
  }

  /** Has this place no room for one more? */
  isFull(place: Place): boolean {
    return (this.#queues.get(placeKey(place))?.waiting.length ?? 0) >= MOST_WAITING;
  }

  /** Resolves with true once it was answered, false if it was deleted before or the bot closed. */
  add(utterance: Utterance): Promise<boolean> {
    if (this.#closing.signal.aborted) return Promise.resolve(false);
    const key = placeKey(utterance.message.place);
    return new Promise((settle) => {
      const queue = this.#queues.get(key);
      if (queue) {
        queue.waiting.push({ utterance, settle });
        return;
      }
      const fresh: Queue = { waiting: [{ utterance, settle }] };
      this.#queues.set(key, fresh);
      void this.#drain(key, fresh); // ends by itself; `serve` never rejects
    });
  }

  edit(place: Place, messageId: string, text: string): void {
    const queue = this.#queues.get(placeKey(place));
    if (!queue || queue.running?.edit(messageId, text)) return;
    for (const entry of queue.waiting) {
      const { message, stage } = entry.utterance;
      if (message.id === messageId) entry.utterance = { stage, message: { ...message, text } };
    }
  }

  remove(place: Place, messageId: string): void {
    const queue = this.#queues.get(placeKey(place));
    if (!queue || queue.running?.remove(messageId)) return;
    const gone = queue.waiting.filter(({ utterance }) => utterance.message.id === messageId);
    queue.waiting = queue.waiting.filter((entry) => !gone.includes(entry));
    for (const { settle } of gone) settle(false);
  }

  /** Nothing new is taken; what waits is given back, what runs is left to end. */
  close(): Utterance[] {
    this.#closing.abort();
    const left: Utterance[] = [];
    for (const queue of this.#queues.values()) {
      for (const { utterance, settle } of queue.waiting) {
        left.push(utterance);
        settle(false);
      }
      queue.waiting = [];
    }
    return left;
  }

  /** Ends every reply in the making. */
  interrupt(why: Interruption): void {
    for (const { running } of this.#queues.values()) running?.interrupt(why);
  }

  async #drain(key: string, queue: Queue): Promise<void> {
    while (queue.waiting.length > 0) {
      await this.#untilGathered(queue);
      const entries = takeTurn(queue);
      if (entries.length === 0) continue; // deleted while it was gathered
      queue.running = new Turn(entries.map(({ utterance }) => utterance));
      await this.#serve(queue.running);
      queue.running = undefined;
      for (const { settle } of entries) settle(true);
    }
    this.#queues.delete(key);
  }

  /** Waits as long as more keeps coming, as people type a thought in three lines. */
  async #untilGathered(queue: Queue): Promise<void> {
    if (queue.waiting[0]?.utterance.message.address === "command") return;
    for (let count = -1; count !== queue.waiting.length && count < MOST_MESSAGES;) {
      count = queue.waiting.length;
      await this.#clock.sleep(GATHER, this.#closing.signal);
    }
  }
}

/** The first message that waits, and those of the same person that follow at once. */
function takeTurn(queue: Queue): Waiting[] {
  const author = queue.waiting[0]?.utterance.message.author.id;
  const isOther = ({ utterance: { message } }: Waiting, index: number) =>
    index >= MOST_MESSAGES ||
    message.author.id !== author ||
    (index > 0 && message.address === "command");
  const end = queue.waiting.findIndex(isOther);
  return queue.waiting.splice(0, end < 0 ? queue.waiting.length : end);
}
