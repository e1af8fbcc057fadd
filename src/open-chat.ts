/** Opens what the chat bot keeps at home, and puts the bot on it. */

import { randomInt } from "node:crypto";

import { ChatBot, type BotParts } from "./chat/bot.ts";
import type { Clock } from "./chat/clock.ts";
import { Consent } from "./chat/consent.ts";
import type { BotObserver } from "./chat/observer.ts";
import { openConsents, openSettings } from "./chat/open-documents.ts";
import { People, type AdminId } from "./chat/people.ts";
import { pseudonymKey } from "./chat/pseudonym-key.ts";
import { Replies, ReplyRecord } from "./chat/replies.ts";
import type { Ratings } from "./feedback/ratings.ts";
import { sourceOf } from "./feedback/own-feedback.ts";
import type { FeedbackSource } from "./feedback/read-feedback.ts";
import { openFeedback } from "./feedback/open-feedback.ts";
import { keepRetention } from "./feedback/retention.ts";
import type { Engine } from "./generate/types.ts";
import type { Log } from "./log.ts";
import { OriginalRows } from "./recall/original-rows.ts";
import { PrivateWords } from "./recall/private-words.ts";
import { originalData } from "./retrain/original-data.ts";
import type { Home } from "./state/home.ts";
import { openJournal } from "./state/journal.ts";
import { openSeen } from "./state/seen.ts";

/** Services deliver again within minutes, at worst hours. */
const REMEMBER_MESSAGES_MS = 24 * 60 * 60_000;
const REMEMBERED_MESSAGES = 50_000;

/** Seeds stay exact as 32-bit integers everywhere. */
const SEEDS = 2 ** 31;

export interface ChatOptions {
  readonly home: Home;
  readonly engine: Promise<Engine>;
  readonly models?: BotParts["models"];
  readonly jobs?: BotParts["jobs"];
  readonly taught?: BotParts["taught"];
  readonly admins: readonly AdminId[];
  readonly observer?: BotObserver | undefined;
  /** The same for every reply; by default each has its own. */
  readonly seed?: number | undefined;
  readonly defaults?: BotParts["defaults"];
  /** How many days what was said is kept, of those who opted in. */
  readonly retentionDays: number;
  /** Files of the conversations that the model was first taught with; by default the package's. */
  readonly originalData?: readonly string[] | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenChat {
  readonly bot: ChatBot;
  readonly replies: Replies;
  readonly ratings: Ratings;
  /** What may be learnt from at the moment it is asked. */
  readonly feedback: () => FeedbackSource;
  /** After the bot is closed: nothing is kept any more. */
  close(): Promise<void>;
}

/** @throws HintedError if something that is kept cannot be read. */
export async function openChat(options: ChatOptions): Promise<OpenChat> {
  const { home, clock, log, admins, engine, models, jobs, taught, observer, seed, defaults } =
    options;
  const closing = new AbortController();
  const settings = await openSettings(home.folder, log);
  const consents = await openConsents(home.folder, log);
  const key = await pseudonymKey(home, log);
  const replyJournal = await openJournal({
    path: home.path("replies.journal"),
    schema: ReplyRecord,
    log,
  });
  const replies = await Replies.open(replyJournal);
  const { ratings, contexts, forgotten, ...feedback } = await openFeedback(home, log);
  const consent = new Consent(consents);
  const seen = await openSeen({
    path: home.path("seen.journal"),
    keepMs: REMEMBER_MESSAGES_MS,
    limit: REMEMBERED_MESSAGES,
    now: () => clock.now(),
    log,
  });
  const originalRows = new OriginalRows({
    files: () => originalData({ named: options.originalData ?? [], home: home.folder }),
    clock,
    log,
  });
  const privateWords = new PrivateWords({
    contexts,
    isPublic: (words) => originalRows.has(words),
    signal: closing.signal,
    log,
  });
  const bot = new ChatBot({
    engine,
    models,
    jobs,
    taught,
    settings,
    replies,
    contexts,
    ratings,
    forgotten,
    privateWords,
    originalRows,
    consent,
    people: new People(key, admins, settings),
    seen,
    clock,
    retentionDays: options.retentionDays,
    newSeed: () => seed ?? randomInt(SEEDS),
    defaults,
    log,
    observer,
  });
  const days = options.retentionDays;
  const retention = keepRetention({ contexts, ratings, days, clock, log }, closing.signal);
  return {
    bot,
    replies,
    ratings,
    feedback: () => sourceOf({ ratings, contexts, consent, forgotten, settings }),
    async close() {
      closing.abort();
      await Promise.all([retention, privateWords.isRead, originalRows.close()]);
      await Promise.all([seen.close(), replyJournal.close(), feedback.close()]);
    },
  };
}
