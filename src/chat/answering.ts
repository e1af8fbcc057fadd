/**
 * From a turn to a reply that is kept: asks the model that answers there, and
 * tells whoever looks on. Knows which replies are being written; not who may
 * ask, nor who is next.
 */

import type { Log } from "../log.ts";
import { placeKey } from "./admission.ts";
import { factsOf, keepReply, type KeepParts } from "./keep-reply.ts";
import { makeReply, type MadeReply, type ReplyDeps } from "./make-reply.ts";
import type { Models } from "./models.ts";
import type { BotObserver } from "./observer.ts";
import type { ChatMessage, Place, Stage } from "./platform.ts";
import { RecentSet } from "./recent.ts";
import { newReplyId } from "./replies.ts";
import { settingsAt, withDefaults, type BotSettings, type Defaults } from "./settings.ts";
import { toAnswered } from "./to-answered.ts";
import { Turnstile } from "./turnstile.ts";
import type { Turn, Utterance } from "./turns.ts";
import type { Engine } from "../generate/types.ts";

/** Places whose people know that the beginning of their conversation is forgotten. */
const REMEMBERED_PLACES = 2000;

/** Replies written at once, over all places; the engine takes more, for the page and the API. */
const REPLIES_AT_ONCE = 24;

export interface AnsweringParts extends Omit<KeepParts, "models"> {
  readonly engine: Promise<Engine>;
  /** Where there are several versions of the model; else all are answered by the engine. */
  readonly models?: Models | undefined;
  readonly newSeed: () => number;
  readonly privateWords?: ReplyDeps["privateWords"];
  readonly defaults?: Defaults | undefined;
  readonly log: Log;
  readonly observer?: BotObserver | undefined;
}

export class Answering {
  readonly #parts: AnsweringParts;
  /** Replies that are being written, by their id. */
  readonly #making = new Map<string, Turn>();
  /** Turns that answer a question of earlier anew, and the pseudonym of whoever asked it. */
  readonly #again = new WeakMap<Stage, string>();
  readonly #knowsForgetting = new RecentSet<string>(REMEMBERED_PLACES);
  readonly #turnstile = new Turnstile(REPLIES_AT_ONCE);

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  /** What a reply answers, while it is being written. */
  turnOf(replyId: string): Turn | undefined {
    return this.#making.get(replyId);
  }

  /** A turn on that stage answers anew what this person (a pseudonym) asked. */
  markAgain(stage: Stage, firstAsker: string): void {
    this.#again.set(stage, firstAsker);
  }

  /** Answers a turn and keeps what is needed to find the reply again; never rejects. */
  async answer(turn: Turn): Promise<void> {
    const [first] = turn.utterances;
    if (!first) return;
    const replyId = newReplyId();
    const log = logAbout(first.message, this.#parts.log).with({ reply: replyId });
    const begunAt = this.#parts.clock.now();
    this.#making.set(replyId, turn);
    try {
      const made = await this.#make(replyId, turn, first, log);
      const firstAsker = this.#again.get(first.stage);
      await keepReply({ replyId, turn, begunAt, made, firstAsker }, this.#parts, log);
      log.info("replied", { ...factsOf(made), seed: undefined });
    } catch (error) {
      log.error("reply failed", { error });
    } finally {
      this.#making.delete(replyId);
    }
  }

  async #make(
    replyId: string,
    turn: Turn,
    { message, stage }: Utterance,
    log: Log,
  ): Promise<MadeReply> {
    const { settings, replies, people, clock, observer, engine, models, defaults } = this.#parts;
    const { place } = message;
    const asker = people.pseudonymOf(place.platform, message.author.id);
    const secondsSince = () => Math.max(0, clock.now() - message.at) / 1000;
    const here = withDefaults(settingsAt(settings.value, place), defaults);
    const made = await makeReply(
      {
        replyId,
        turn,
        asker,
        settings: here,
        since: beginningAt(place, settings.value),
        isAgain: this.#again.has(stage),
        isFirstContact: !replies.hasAnswered(asker),
        knowsForgetting: this.#knowsForgetting.has(placeKey(place)),
        log,
        onFirstSign: () => observer?.firstSign(place, secondsSince()),
      },
      {
        ...this.#parts,
        engine: () => models?.engineFor(asker) ?? engine,
        turnstile: this.#turnstile,
      },
    );
    if (made.forgets) this.#knowsForgetting.add(placeKey(place));
    else this.#knowsForgetting.delete(placeKey(place));
    const answered = toAnswered(replyId, made, here);
    if (answered) models?.answered(answered);
    observer?.replied(place, made.outcome, secondsSince(), made.firstTokenMs / 1000);
    return made;
  }
}

/** A thread begins anew where its channel does: Slack does not say in which thread `/lfz reset` was given. */
function beginningAt(place: Place, { beginnings }: BotSettings): number {
  const whole = placeKey({ ...place, thread: undefined });
  return Math.max(beginnings[placeKey(place)] ?? 0, beginnings[whole] ?? 0);
}

/** Every line about a message carries where and which; never what it says. */
export function logAbout(
  { id, place: { platform, channel, thread } }: Pick<ChatMessage, "id" | "place">,
  log: Log,
): Log {
  return log.with({ platform, channel, thread, message: id });
}
