/**
 * The composition root of the bot: its home, engine, chat and platforms, put
 * together and taken apart again. Everything it needs is handed in; the only
 * thing it decides is the order.
 */

import { systemClock, type Clock } from "./chat/clock.ts";
import type { AdminId } from "./chat/people.ts";
import type { ChatPlatform } from "./chat/platform.ts";
import { routeCards } from "./chat/route-cards.ts";
import type { StartEngine } from "./generate/prove-engine.ts";
import type { Engine } from "./generate/types.ts";
import { listen } from "./listen.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { openChat } from "./open-chat.ts";
import { openRetraining } from "./open-retraining.ts";
import { Opened } from "./opened.ts";
import { orTimeout } from "./or-timeout.ts";
import { engineSourceOf } from "./platforms/web/engine-source.ts";
import { servePlatforms, type ServedPlatforms } from "./serve-platforms.ts";
import { Announcer } from "./retrain/announcer.ts";
import type { ModelChoice } from "./retrain/choose-first.ts";
import type { RunStep } from "./retrain/jobs/start-step.ts";
import { openThanks } from "./retrain/open-thanks.ts";
import { watchTrial } from "./retrain/watch-trial.ts";
import { openHome, type Home } from "./state/home.ts";

/** How long each may take to end, in milliseconds. */
const ENGINE_GRACE = 4000;
const PLATFORM_GRACE = 3000;
const JOBS_GRACE = 2000; // a training saves by itself after that
const WORDS_GRACE = 1000; // what is being told to people unasked

export interface BotOptions {
  readonly host: string;
  /** Left out, the first free port from 3000 on is taken. */
  readonly port?: number;
  readonly apiKey?: string;
  /** The folder of all that must survive. */
  readonly home: string;
  readonly admins: readonly AdminId[];
  readonly retentionDays: number;
  /** The model the operator names, and where experiments lie. */
  readonly model: ModelChoice;
  readonly needsTwoAdmins?: boolean;
  /** Conversations that the first model was taught with, where the operator names them. */
  readonly originalData?: readonly string[];
  /** How a step of a training is run. */
  readonly runStep?: RunStep;
  readonly startEngine: StartEngine;
  readonly loadPlatforms: (home: Home) => Promise<readonly ChatPlatform[]>;
  readonly clock?: Clock;
  readonly log: Log;
}

export interface Bot extends Pick<ServedPlatforms, "isConnected" | "settled" | "failed"> {
  /** The web page; it answers from now on, while the model is still loading. */
  readonly url: string;
  /** Settles when the model can answer, rejects with why it cannot. */
  readonly engine: Promise<Engine>;
  /** The champion that does not answer, because the operator named another model. */
  championInsteadOf(engine: Engine): string | undefined;
  /** The newest experiment, if it never served here. */
  untried(): Promise<string | undefined>;
  /** Replies end or are marked, then all is closed in the opposite order of its opening. */
  close(): Promise<void>;
}

/** @throws HintedError if its home is taken, or it cannot listen where it was told to. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const opened = new Opened(options.log);
  try {
    return await open(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function open(options: BotOptions, opened: Opened): Promise<Bot> {
  const { host, port, apiKey, admins, retentionDays, originalData } = options;
  const { clock = systemClock, log } = options;

  // What is kept: the home first, for it is locked against a second bot. Nobody is served yet.
  const home = await openHome(options.home);
  opened.add("home", () => home.close());
  const platforms = await options.loadPlatforms(home);
  const cards = routeCards(platforms);
  const announcer = new Announcer({ cards, clock, log });
  const { registry, shadow, models, taught, jobs } = await openRetraining(home, opened, {
    ...options,
    announce: (place, text) => announcer.say(place, text),
    onChampion: (version) => void thanks.giveFor(version), // it never rejects
    clock,
  });
  const loading = laterOf<Engine>();
  const source = engineSourceOf(loading.promise, models);
  const { engine } = source;
  let served: ServedPlatforms | undefined;
  const isConnected = () => served?.isConnected() ?? allDown(platforms);
  const metrics = createMetrics({ queueLength: () => chat.bot.queueLength, isConnected });
  const chat = await openChat({
    home,
    engine,
    models,
    jobs: jobs.desk,
    taught,
    admins,
    retentionDays,
    originalData,
    observer: metrics,
    clock,
    log,
  });
  opened.add("state", () => chat.close());
  const { bot, replies, ratings, feedback } = chat;
  const thanks = await openThanks(home, { feedback, replies, announcer, clock, log });

  // The model is only touched once the page can answer, so that the wait has a face.
  const web = await listen(
    { host, apiKey, log, source, bot, jobs: jobs.desk, metrics, platforms: isConnected },
    port,
  );
  opened.add("engine", () => orTimeout(models.close(), ENGINE_GRACE));
  opened.add("web", () => web.close());
  log.info("listening", { url: web.url });
  const watched = { models, registry, shadow, heard: { replies, ratings }, clock, log };
  opened.add(
    "watch",
    untilCalled((signal) => watchTrial(watched, signal)),
  );
  loading.follow(models.start());

  // People are served; what works by itself begins last, and ends first.
  served = servePlatforms(platforms, bot, { log, clock, onFailure: metrics.failed });
  const { settled, failed, close } = served;
  opened.add("platforms", () => orTimeout(close(), PLATFORM_GRACE));
  opened.add("chat", () => bot.close());
  const endJobs = untilCalled((signal) => jobs.work(cards, signal));
  opened.add("jobs", () => orTimeout(endJobs(), JOBS_GRACE));
  const endWords = async () => {
    await announcer.close();
    await thanks.close();
  };
  opened.add("words", () => orTimeout(endWords(), WORDS_GRACE));
  return {
    url: web.url,
    engine,
    championInsteadOf: (main) => models.championInsteadOf(main),
    untried: () => models.untried(),
    isConnected,
    settled,
    failed,
    close() {
      // Replies get their whole time to end, however long a training takes to save.
      bot.close().catch(() => undefined); // it is awaited, and reported, in its turn
      return opened.close();
    },
  };
}

/** Goes on from now until what is returned is called, which waits for the end. */
function untilCalled(work: (signal: AbortSignal) => Promise<void>): () => Promise<void> {
  const leaving = new AbortController();
  const done = work(leaving.signal);
  return () => {
    leaving.abort();
    return done;
  };
}

function allDown(platforms: readonly ChatPlatform[]): Record<string, boolean> {
  return Object.fromEntries(platforms.map(({ name }) => [name, false]));
}

/** A promise that starts before what it waits for. */
function laterOf<T>(): { promise: Promise<T>; follow: (source: Promise<T>) => void } {
  const settle: { follow?: (source: Promise<T>) => void } = {};
  const promise = new Promise<T>((resolve) => {
    settle.follow = resolve;
  });
  return { promise, follow: (source) => settle.follow?.(source) };
}
