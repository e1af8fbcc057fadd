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
import type { Contexts } from "./feedback/contexts.ts";
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
  readonly restingJobs?: BotParts["restingJobs"];
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
  const { home, engine, models, jobs, restingJobs, taught, admins, retentionDays } = options;
  const { observer, seed, defaults, clock, log } = options;
  const closing = new AbortController();
  const { close, ...state } = await openState(options);
  const { settings, consents, replies, ratings, contexts, forgotten } = state;
  const key = await pseudonymKey(home, log);
  const recall = openRecall(contexts, options, closing.signal);
  const consent = new Consent(consents);
  const bot = new ChatBot({
    ...state,
    ...recall,
    engine,
    models,
    jobs,
    restingJobs,
    taught,
    consent,
    people: new People(key, admins, settings),
    retentionDays,
    newSeed: () => seed ?? randomInt(SEEDS),
    defaults,
    observer,
    clock,
    log,
  });
  const kept = { contexts, ratings, days: retentionDays, clock, log };
  const retention = keepRetention(kept, closing.signal);
  return {
    bot,
    replies,
    ratings,
    feedback: () => sourceOf({ ratings, contexts, consent, forgotten, settings }),
    async close() {
      closing.abort();
      await Promise.all([retention, recall.privateWords.isRead, recall.originalRows.close()]);
      await close();
    },
  };
}

/** What is on disk, each in its file. */
async function openState({ home, clock, log }: ChatOptions) {
  const settings = await openSettings(home.folder, log);
  const consents = await openConsents(home.folder, log);
  const journal = await openJournal({
    path: home.path("replies.journal"),
    schema: ReplyRecord,
    log,
  });
  const replies = await Replies.open(journal);
  const feedback = await openFeedback(home, log);
  const { ratings, contexts, forgotten } = feedback;
  const seen = await openSeen({
    path: home.path("seen.journal"),
    keepMs: REMEMBER_MESSAGES_MS,
    limit: REMEMBERED_MESSAGES,
    now: () => clock.now(),
    log,
  });
  const close = async () => {
    await Promise.all([seen.close(), journal.close(), feedback.close()]);
  };
  return { settings, consents, replies, ratings, contexts, forgotten, seen, close };
}

/** What replies are compared with: what the model was taught, and what people said in private. */
function openRecall(
  contexts: Contexts,
  { home, originalData: named = [], clock, log }: ChatOptions,
  signal: AbortSignal,
) {
  const files = () => originalData({ named, home: home.folder });
  const originalRows = new OriginalRows({ files, clock, log });
  const isPublic: OriginalRows["has"] = (words) => originalRows.has(words);
  const privateWords = new PrivateWords({ contexts, isPublic, signal, log });
  return { originalRows, privateWords };
}
