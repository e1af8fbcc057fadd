/**
 * The bot as platforms see it: who is answered, in which order, and what
 * becomes of ratings, corrections and buttons.
 *
 * Puts the pieces of this folder together; each knows its own business.
 */

import { reasonOf } from "../core/errors.ts";
import type { Log } from "../log.ts";
import type { RecitalGuard } from "../recall/recital-guard.ts";
import type { Seen } from "../state/seen.ts";
import { Doorkeeper, silenceFor, type Silence } from "./admission.ts";
import { Allowance, dailyLimitOf } from "./allowance.ts";
import { broken, privately } from "./answer.ts";
import { Answering, logAbout, type AnsweringParts } from "./answering.ts";
import { CommandDesk } from "./command-desk.ts";
import type { Command } from "./commands/command.ts";
import {
  commands,
  type ChatCommand,
  type CommandContext,
  type CommandParts,
} from "./commands/index.ts";
import { explainReply } from "./explain.ts";
import { keepWritten } from "./keep-reply.ts";
import { nearestTo, type NearestParts } from "./nearest-rows.ts";
import { OwnedWork } from "./owned-work.ts";
import { isAtMachine } from "./place.ts";
import {
  STALE,
  type Answer,
  type Asker,
  type Bot,
  type ChatMessage,
  type CommandCall,
  type Person,
  type Place,
  type Stage,
  type Terms,
  type Verdict,
  type WrittenReply,
} from "./platform.ts";
import { ReplyFeedback, type RateOptions } from "./reply-feedback.ts";
import type { ReplyRecord } from "./replies.ts";
import { SaidLately } from "./said-lately.ts";
import { settingsAt, withDefaults } from "./settings.ts";
import { termsOf } from "./terms.ts";
import { Turns, type Turn } from "./turns.ts";
import { refusalWords, WORDS } from "./words.ts";

/** How long replies may go on when the bot has to go, in milliseconds, and how long they may take to say so. */
const FINISHING_GRACE = 5000;
const MARKING_GRACE = 2500;

export interface BotParts
  extends CommandParts, Omit<AnsweringParts, "saidLately">, Pick<NearestParts, "originalRows"> {
  readonly seen: Pick<Seen, "claim">;
}

export class ChatBot implements Bot {
  readonly commands = commands;
  readonly #parts: BotParts;
  readonly #desk: CommandDesk;
  readonly #feedback: ReplyFeedback;
  readonly #doorkeeper = new Doorkeeper();
  readonly #allowance: Allowance;
  readonly #turns: Turns;
  readonly #answering: Answering;
  readonly #saidLately = new SaidLately();
  readonly #work = new OwnedWork();
  #closed: Promise<void> | undefined;

  constructor(parts: BotParts) {
    const { clock, log, replies } = parts;
    this.#parts = parts;
    this.#desk = new CommandDesk({ context: () => this.#context(), log });
    this.#feedback = new ReplyFeedback(parts);
    this.#allowance = new Allowance(() => clock.now());
    this.#answering = new Answering({ ...parts, saidLately: this.#saidLately });
    this.#turns = new Turns((turn) => this.#work.own(this.#serve(turn)), clock);
    for (const { asker, at } of replies.all()) this.#allowance.recall(asker, at);
  }

  /** Turns waiting or being answered. */
  get queueLength(): number {
    return this.#turns.length;
  }

  async hear(message: ChatMessage, stage: Stage): Promise<void> {
    const log = logAbout(message, this.#parts.log);
    try {
      await this.#hear(message, stage, log);
    } catch (error) {
      log.error("message lost", { error });
    }
  }

  edited(place: Place, messageId: string, text: string): void {
    this.#turns.edit(place, messageId, text);
  }

  deleted(place: Place, messageId: string): void {
    this.#turns.remove(place, messageId);
  }

  termsAt(place: Place): Terms {
    const { settings, clock, defaults } = this.#parts;
    const here = withDefaults(settingsAt(settings.value, place), defaults);
    return termsOf(settings.value, here, place, clock.now());
  }

  async guard(texts: readonly string[], asker?: Asker): Promise<RecitalGuard | undefined> {
    const { privateWords, people } = this.#parts;
    const pseudonym = asker && people.pseudonymOf(asker.place.platform, asker.person.id);
    return privateWords?.guard({ asker: pseudonym, texts });
  }

  now(): number {
    return this.#parts.clock.now();
  }

  async keep(reply: WrittenReply): Promise<ReplyRecord | undefined> {
    const { platform, channel } = reply.place;
    const log = this.#parts.log.with({ platform, channel });
    try {
      return await keepWritten(reply, this.#context(), log);
    } catch (error) {
      log.error("reply not kept", { error });
      return undefined;
    }
  }

  commandsFor(person: Person, place: Place): readonly ChatCommand[] {
    return this.#desk.availableTo(person, place);
  }

  command(call: CommandCall): Promise<Answer> {
    return this.#desk.give(call);
  }

  refusal(command: Command, who: Pick<CommandCall, "person" | "place">): Answer | undefined {
    return this.#desk.refusal(command, who);
  }

  complete(call: CommandCall, option: string, typed: string): Promise<readonly string[]> {
    return this.#desk.complete(call, option, typed);
  }

  reply(replyId: string): ReplyRecord | undefined {
    return this.#parts.replies.get(replyId);
  }

  replyAt(channel: string, messageId: string): ReplyRecord | undefined {
    return this.#parts.replies.at(channel, messageId);
  }

  rate(
    replyId: string,
    person: Person,
    verdict: Verdict | undefined,
    options?: RateOptions,
  ): Promise<Answer> {
    return this.#onReply(replyId, (reply) => this.#feedback.rate(reply, person, verdict, options));
  }

  explainRating(replyId: string, person: Person, reason: string): Promise<Answer> {
    return this.#onReply(replyId, (reply) => this.#feedback.explain(reply, person, reason));
  }

  correct(replyId: string, person: Person, text: string): Promise<Answer> {
    return this.#onReply(replyId, (reply) => this.#feedback.correct(reply, person, text));
  }

  async stop(replyId: string, person: Person): Promise<Answer> {
    const turn = this.#answering.turnOf(replyId);
    if (!turn) return privately(this.reply(replyId) ? WORDS.isOver : STALE);
    const message = turn.utterances[0]?.message;
    const isAsker = message?.author.id === person.id;
    if (!isAsker && !this.#isKeeper(person, message?.place)) return privately(WORDS.onlyAsker);
    turn.interrupt("stopped");
    return privately(WORDS.stopping);
  }

  mayRemove(replyId: string, person: Person): Answer | undefined {
    const record = this.reply(replyId);
    if (!record) return privately(STALE);
    return this.#isAskerOrKeeper(record, person) ? undefined : privately(WORDS.onlyAsker);
  }

  async removed(replyId: string): Promise<void> {
    const record = this.reply(replyId);
    this.#saidLately.delete(replyId);
    if (record) await this.#parts.replies.save({ ...record, messages: [], outcome: "removed" });
  }

  async again(replyId: string, message: ChatMessage, stage: Stage): Promise<Answer> {
    return this.#onReply(replyId, async (record) => {
      const { author, place } = message;
      if (!this.#isAskerOrKeeper(record, author)) return privately(WORDS.onlyAsker);
      const refusal = this.#silenceFor(message)?.words ?? this.#refusalTo(message);
      if (refusal) return privately(refusal);
      // What the buttons of the old reply stand for is over: the new one takes its messages.
      await this.#parts.replies.save({ ...record, messages: [], outcome: "replaced" });
      this.#answering.markAgain(stage, record.asker);
      logAbout(message, this.#parts.log).info("again", { reply: replyId, channel: place.channel });
      await this.#turns.add({ message: { ...message, address: "command" }, stage });
      return privately("");
    });
  }

  async explain(replyId: string, person: Person): Promise<Answer> {
    return this.#onReply(replyId, async (record) => {
      const isAdmin = this.#parts.people.isAdmin(record.place, person);
      const said = this.#saidLately.of(replyId);
      const nearest = await nearestTo(record, { isAdmin, said }, this.#parts);
      return privately(explainReply(record, { isAdmin, said, nearest }));
    });
  }

  /**
   * Leaves nobody in the middle of a sentence without a word: replies may
   * end for a while, then they are marked; whoever waits is told to ask again.
   * Safe to call twice.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const { clock, log } = this.#parts;
    for (const { message, stage } of this.#turns.close()) {
      this.#tell(stage, WORDS.restarting, logAbout(message, log));
    }
    await this.#work.idleWithin(FINISHING_GRACE, clock);
    if (this.#work.count > 0) log.info("marking replies", { count: this.#work.count });
    this.#turns.interrupt("interrupted");
    await this.#work.idleWithin(MARKING_GRACE, clock);
  }

  async #hear(message: ChatMessage, stage: Stage, log: Log): Promise<void> {
    const { settings, clock, seen, observer } = this.#parts;
    const admission = this.#doorkeeper.admit(message, settings.value, clock.now());
    if (admission.kind === "pass") return log.debug("passed over", { reason: admission.reason });
    if (this.#closed) return log.info("passed over", { reason: "closing" });
    const { platform, channel } = message.place;
    const isNew = await seen
      .claim(`${platform}/${channel}/${message.id}`)
      .catch((error: unknown) => {
        log.error("message not remembered", { error });
        return true; // on a full disk better answered twice than never
      });
    if (!isNew) {
      return log.info("passed over", { reason: "heard before" });
    }
    observer?.heard(message.place);
    if (admission.kind === "refuse") {
      log.info("refused", { reason: admission.reason });
      return this.#tell(stage, admission.words, log);
    }
    const refusal = this.#refusalTo(message);
    if (!refusal) {
      await this.#turns.add({ message, stage });
      return;
    }
    log.info("refused", { reason: "allowance" });
    if (this.#allowance.isToBeTold(this.#askerOf(message))) this.#tell(stage, refusal, log);
  }

  /** Whoever waited may have been silenced meanwhile. */
  async #serve(turn: Turn): Promise<void> {
    const [first] = turn.utterances;
    const silence = first && this.#silenceFor(first.message);
    if (!silence) return this.#answering.answer(turn);
    const log = logAbout(first.message, this.#parts.log);
    log.info("refused", { reason: silence.reason });
    if (silence.isTold) this.#tell(first.stage, silence.words, log);
  }

  #silenceFor(message: ChatMessage): Silence | undefined {
    return silenceFor(message, this.#parts.settings.value, this.#parts.clock.now());
  }

  /** Why this person or place has to wait, in words. */
  #refusalTo(message: ChatMessage): string | undefined {
    const { author, place } = message;
    const { people, settings } = this.#parts;
    if (this.#closed) return WORDS.restarting;
    if (this.#turns.isFull(place)) return WORDS.busy;
    if (isAtMachine(place.platform)) return undefined; // nobody else is kept waiting there
    const limit = people.isAdmin(place, author)
      ? Infinity
      : dailyLimitOf(author, settingsAt(settings.value, place));
    const refusal = this.#allowance.take(this.#askerOf(message), limit);
    return refusal && refusalWords(refusal);
  }

  /** A remark may fail: the person has left, the channel is closed. The log then says so. */
  #tell(stage: Stage, words: string, log: Log): void {
    void this.#work.own(
      stage
        .notify(words)
        .catch((error: unknown) => log.warn("not told", { reason: reasonOf(error) })),
    );
  }

  async #onReply(replyId: string, act: (record: ReplyRecord) => Promise<Answer>): Promise<Answer> {
    const record = this.reply(replyId);
    if (!record) return privately(this.#answering.turnOf(replyId) ? WORDS.notOver : STALE);
    try {
      return await act(record);
    } catch (error) {
      this.#parts.log.error("feedback lost", { reply: replyId, error });
      return broken(WORDS.failed);
    }
  }

  #isAskerOrKeeper(record: ReplyRecord, person: Person): boolean {
    return (
      record.asker === this.#askerOf({ place: record.place, author: person }) ||
      this.#isKeeper(person, record.place)
    );
  }

  /** Keeps order at a place: whoever manages it, and admins. */
  #isKeeper(person: Person, place: Place | undefined): boolean {
    return place !== undefined && this.#parts.people.belongsTo("manager", place, person);
  }

  #askerOf({ place, author }: Pick<ChatMessage, "place" | "author">): string {
    return this.#parts.people.pseudonymOf(place.platform, author.id);
  }

  #context(): CommandContext {
    return {
      ...this.#parts,
      commands,
      saidLately: this.#saidLately,
      queueLength: this.queueLength,
      interruptAll: () => this.#turns.interrupt("stopped"),
    };
  }
}
