/**
 * The bot as platforms see it: who is answered, in which order, and what
 * becomes of ratings, corrections and buttons.
 *
 * Puts the pieces of this folder together; each knows its own business.
 */

import { reasonOf, HintedError } from "../core/errors.ts";
import type { Log } from "../log.ts";
import type { RecitalGuard } from "../recall/recital-guard.ts";
import { keptTextOf, nearestKeptRows } from "../recall/kept-rows.ts";
import type { OriginalRows } from "../recall/original-rows.ts";
import { Doorkeeper, placeKey } from "./admission.ts";
import { Allowance } from "./allowance.ts";
import { broken, privately, refused } from "./answer.ts";
import type { Command } from "./commands/command.ts";
import {
  commands,
  type ChatCommand,
  type CommandContext,
  type CommandParts,
} from "./commands/index.ts";
import type { Consent } from "./consent.ts";
import { explainReply, type ExplainOptions } from "./explain.ts";
import { factsOf, keepReply, keepWritten } from "./keep-reply.ts";
import { makeReply, type MadeReply, type ReplyDeps } from "./make-reply.ts";
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
import { RecentSet } from "./recent.ts";
import { ReplyFeedback, type RateOptions } from "./reply-feedback.ts";
import { SaidLately } from "./said-lately.ts";
import { newReplyId, type ReplyRecord } from "./replies.ts";
import { settingsAt, type CommunitySettings } from "./settings.ts";
import type { Seen } from "../state/seen.ts";
import { termsOf } from "./terms.ts";
import { toAnswered } from "./to-answered.ts";
import { Turnstile } from "./turnstile.ts";
import { Turns, type Turn, type Utterance } from "./turns.ts";
import { refusalWords, WORDS } from "./words.ts";

/** How long replies may go on when the bot has to go, in milliseconds, and how long they may take to say so. */
const FINISHING_GRACE = 5000;
const MARKING_GRACE = 2500;

/** Places whose people know that the beginning of their conversation is forgotten. */
const REMEMBERED_PLACES = 2000;

/** Replies written at once, over all places; the engine takes more, for the page and the API. */
const REPLIES_AT_ONCE = 24;

/** Rows of the training data that an explanation shows. */
const NEAREST_ROWS = 3;

/** So long what is kept of conversations is read for an explanation, in milliseconds. */
const READING_TIME = 1000;

export interface BotParts extends CommandParts {
  readonly seen: Pick<Seen, "claim">;
  readonly newSeed: () => number;
  readonly privateWords?: ReplyDeps["privateWords"];
  /** What the model was taught with, where it can be searched. */
  readonly originalRows?: Pick<OriginalRows, "nearest"> | undefined;
  /** What holds where a place has no setting of its own. */
  readonly defaults?: Pick<CommunitySettings, "length" | "temperature"> | undefined;
  readonly log: Log;
  readonly observer?: BotObserver;
}

/** Whoever counts what happens; `src/metrics.ts` does. Seconds. */
export interface BotObserver {
  heard(place: Place): void;
  firstSign(place: Place, seconds: number): void;
  replied(place: Place, outcome: string, seconds: number, firstTokenSeconds: number): void;
}

export class ChatBot implements Bot {
  readonly commands = commands;
  readonly #parts: BotParts;
  readonly #feedback: ReplyFeedback;
  readonly #doorkeeper = new Doorkeeper();
  readonly #allowance: Allowance;
  readonly #turns: Turns;
  /** Replies that are being written, by their id. */
  readonly #making = new Map<string, Turn>();
  /** Turns that answer a question of earlier anew, and the pseudonym of whoever asked it. */
  readonly #again = new WeakMap<Stage, string>();
  readonly #knowsForgetting = new RecentSet<string>(REMEMBERED_PLACES);
  readonly #refused = new RecentSet<string>(REMEMBERED_PLACES);
  readonly #turnstile = new Turnstile(REPLIES_AT_ONCE);
  readonly #saidLately = new SaidLately();
  readonly #idle = new Set<Promise<void>>();
  #isClosing = false;

  constructor(parts: BotParts) {
    this.#parts = parts;
    this.#feedback = new ReplyFeedback(parts);
    this.#allowance = new Allowance(() => parts.clock.now());
    this.#turns = new Turns((turn) => this.#owned(this.#answer(turn)), parts.clock);
    for (const { asker, at } of parts.replies.all()) this.#allowance.recall(asker, at);
  }

  /** Turns waiting or being answered. */
  get queueLength(): number {
    return this.#turns.length;
  }

  async hear(message: ChatMessage, stage: Stage): Promise<void> {
    const log = this.#logOf(message);
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
    return commands.filter((command) => !this.refusal(command, { person, place }));
  }

  async command(call: CommandCall): Promise<Answer> {
    const { people, log } = this.#parts;
    const definition = commands.find(({ name }) => name === call.name);
    const { platform, community, channel } = call.place;
    const by = people.pseudonymOf(platform, call.person.id);
    log.info("command", { name: call.name, by, platform, community, channel });
    if (!definition) return refused(`There is no command ${call.name.slice(0, 40)}.`);
    const refusal = this.refusal(definition, call);
    if (refusal) {
      log.info("command refused", { name: call.name, by, reason: refusal.text });
      return refusal;
    }
    try {
      return { isPrivate: definition.isPrivate, ...(await definition.run(call, this.#context())) };
    } catch (error) {
      if (error instanceof HintedError) return refused(`${error.message} ${error.hint}`);
      log.error("command failed", { name: call.name, error });
      return broken(WORDS.failed);
    }
  }

  refusal(
    { audience, needsCommunity }: Command,
    { person, place }: Pick<CommandCall, "person" | "place">,
  ): Answer | undefined {
    if (!this.#parts.people.belongsTo(audience, place, person)) {
      return refused(WORDS.notAllowed[audience]);
    }
    const isLost = needsCommunity && place.community === undefined;
    return isLost ? refused(WORDS.needsCommunity) : undefined;
  }

  async complete(call: CommandCall, option: string, typed: string): Promise<readonly string[]> {
    const definition = commands.find(({ name }) => name === call.name);
    if (!definition || this.refusal(definition, call)) return [];
    return (await definition.complete?.(option, typed, this.#context(), call)) ?? [];
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
    const turn = this.#making.get(replyId);
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
      const refusal = this.#refusalTo(message);
      if (refusal) return privately(refusal);
      // What the buttons of the old reply stand for is over: the new one takes its messages.
      await this.#parts.replies.save({ ...record, messages: [], outcome: "replaced" });
      this.#again.set(stage, record.asker);
      this.#logOf(message).info("again", { reply: replyId, channel: place.channel });
      await this.#turns.add({ message: { ...message, address: "command" }, stage });
      return privately("");
    });
  }

  async explain(replyId: string, person: Person): Promise<Answer> {
    return this.#onReply(replyId, async (record) => {
      const isAdmin = this.#parts.people.isAdmin(record.place, person);
      const said = this.#saidLately.of(replyId);
      const text = said ? `${said.question}\n${said.reply}` : await this.#keptTextOf(record);
      const nearest = text === undefined ? undefined : await this.#nearestTo(text, isAdmin);
      return privately(explainReply(record, { isAdmin, said, nearest }));
    });
  }

  /**
   * Leaves nobody in the middle of a sentence without a word: replies may
   * end for a while, then they are marked; whoever waits is told to ask again.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { log } = this.#parts;
    for (const { message, stage } of this.#turns.close()) {
      this.#tell(stage, WORDS.restarting, this.#logOf(message));
    }
    await this.#idleWithin(FINISHING_GRACE);
    if (this.#idle.size > 0) log.info("marking replies", { count: this.#idle.size });
    this.#turns.interrupt("interrupted");
    await this.#idleWithin(MARKING_GRACE);
  }

  async #hear(message: ChatMessage, stage: Stage, log: Log): Promise<void> {
    const { settings, clock, seen, observer } = this.#parts;
    const admission = this.#doorkeeper.admit(message, settings.value, clock.now());
    if (admission.kind === "pass") return log.debug("passed over", { reason: admission.reason });
    if (this.#isClosing) return log.info("passed over", { reason: "closing" });
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
    if (this.#isFirstRefusal(message)) this.#tell(stage, refusal, log);
  }

  /** Why this person or place has to wait, in words. */
  #refusalTo({ author, place }: ChatMessage): string | undefined {
    const { people, settings } = this.#parts;
    if (this.#isClosing) return WORDS.restarting;
    if (this.#turns.isFull(place)) return WORDS.busy;
    const { daily, dailyByRole } = settingsAt(settings.value, place);
    const byRole = author.roles.flatMap((role) => dailyByRole[role] ?? []);
    const limit = people.isAdmin(place, author)
      ? Infinity
      : byRole.length > 0
        ? Math.max(...byRole)
        : daily;
    const refusal = this.#allowance.take(people.pseudonymOf(place.platform, author.id), limit);
    return refusal && refusalWords(refusal);
  }

  /** Whoever floods the bot is told once a minute, not once a message. */
  #isFirstRefusal({ author, place }: ChatMessage): boolean {
    const minute = Math.floor(this.#parts.clock.now() / 60_000);
    const key = `${place.platform}/${author.id}/${minute}`;
    const isFirst = !this.#refused.has(key);
    this.#refused.add(key);
    return isFirst;
  }

  /** Answers a turn and keeps what is needed to find the reply again; never rejects. */
  async #answer(turn: Turn): Promise<void> {
    const [first] = turn.utterances;
    if (!first) return;
    const replyId = newReplyId();
    const log = this.#logOf(first.message).with({ reply: replyId });
    this.#making.set(replyId, turn);
    try {
      const made = await this.#make(replyId, turn, first, log);
      const firstAsker = this.#again.get(first.stage);
      await keepReply({ replyId, turn, made, firstAsker }, this.#context(), log);
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
    const { settings, replies, people, clock, observer, engine, models } = this.#parts;
    const { place } = message;
    const asker = people.pseudonymOf(place.platform, message.author.id);
    const secondsSince = () => Math.max(0, clock.now() - message.at) / 1000;
    const here = withDefaults(settingsAt(settings.value, place), this.#parts.defaults);
    const made = await makeReply(
      {
        replyId,
        turn,
        asker,
        settings: here,
        since: settings.value.beginnings[placeKey(place)],
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

  /** Of the rows the model was taught with; only admins see what is not for everybody to read. */
  async #nearestTo(text: string, isAdmin: boolean): Promise<ExplainOptions["nearest"]> {
    const { originalRows, contexts, consent } = this.#parts;
    const query = { text, most: NEAREST_ROWS, isPublic: !isAdmin };
    const agrees: Consent["has"] = (person, place) => consent.has(person, place);
    const [nearest, kept] = await Promise.all([
      originalRows?.nearest(query),
      isAdmin ? nearestKeptRows(query, { contexts, agrees, isOver: this.#timeToRead() }) : [],
    ]);
    return nearest && { ...nearest, kept };
  }

  /** Of those who opted in, what was said is on disk when it is no longer in memory. */
  async #keptTextOf({ context }: ReplyRecord): Promise<string | undefined> {
    if (context === undefined) return undefined;
    const { contexts } = this.#parts;
    return keptTextOf(context, { contexts, isOver: this.#timeToRead() });
  }

  #timeToRead(): () => boolean {
    const { clock } = this.#parts;
    const end = clock.now() + READING_TIME;
    return () => clock.now() > end;
  }

  /** Counts among what `close` waits for. */
  #owned(work: Promise<void>): Promise<void> {
    const owned = work.finally(() => this.#idle.delete(owned));
    this.#idle.add(owned);
    return owned;
  }

  /** Wakes the clock in the end: a timer that goes on keeps the process alive. */
  async #idleWithin(milliseconds: number): Promise<void> {
    const idle = new AbortController();
    const timeout = this.#parts.clock.sleep(milliseconds, idle.signal);
    await Promise.race([Promise.all(this.#idle), timeout]);
    idle.abort();
  }

  /** A remark may fail: the person has left, the channel is closed. The log then says so. */
  #tell(stage: Stage, words: string, log: Log): void {
    void this.#owned(
      stage
        .notify(words)
        .catch((error: unknown) => log.warn("not told", { reason: reasonOf(error) })),
    );
  }

  async #onReply(replyId: string, act: (record: ReplyRecord) => Promise<Answer>): Promise<Answer> {
    const record = this.reply(replyId);
    if (!record) return privately(this.#making.has(replyId) ? WORDS.notOver : STALE);
    try {
      return await act(record);
    } catch (error) {
      this.#parts.log.error("feedback lost", { reply: replyId, error });
      return broken(WORDS.failed);
    }
  }

  #isAskerOrKeeper(record: ReplyRecord, person: Person): boolean {
    return (
      record.asker === this.#pseudonymOf(record, person) || this.#isKeeper(person, record.place)
    );
  }

  /** Keeps order at a place: whoever manages it, and admins. */
  #isKeeper(person: Person, place: Place | undefined): boolean {
    return place !== undefined && this.#parts.people.belongsTo("manager", place, person);
  }

  #pseudonymOf({ place }: ReplyRecord, person: Person): string {
    return this.#parts.people.pseudonymOf(place.platform, person.id);
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

  /** Every line about a message carries where and which; never what it says. */
  #logOf({ id, place: { platform, channel, thread } }: ChatMessage): Log {
    return this.#parts.log.with({ platform, channel, thread, message: id });
  }
}

function withDefaults(
  settings: CommunitySettings,
  defaults: BotParts["defaults"],
): CommunitySettings {
  const { length = defaults?.length, temperature = defaults?.temperature } = settings;
  return { ...settings, length, temperature };
}
