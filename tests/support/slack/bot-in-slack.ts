/** Our bot, whole but for its engine, in a Slack that ends with the test. */

import { setImmediate } from "node:timers/promises";

import { onTestFinished } from "vitest";

import { ChatBot } from "../../../src/chat/bot.ts";
import type { Cards } from "../../../src/chat/cards.ts";
import type { Clock } from "../../../src/chat/clock.ts";
import { Consent, type Consents } from "../../../src/chat/consent.ts";
import { People } from "../../../src/chat/people.ts";
import { Replies, type ReplyRecord } from "../../../src/chat/replies.ts";
import { BotSettings } from "../../../src/chat/settings.ts";
import { Contexts } from "../../../src/feedback/contexts.ts";
import { Forgotten } from "../../../src/feedback/forgotten.ts";
import type { FeedbackRecord } from "../../../src/feedback/record.ts";
import { createLog, type Log } from "../../../src/log.ts";
import { createSlackPlatform } from "../../../src/platforms/slack/slack-platform.ts";
import type { SlackOptions } from "../../../src/platforms/slack/connection/options.ts";
import {
  memoryDocument,
  memoryJournal,
  memorySeen,
  memorySegments,
  ratingsIn,
  type MemoryJournal,
  type MemorySegments,
} from "../chat/memory-stores.ts";
import type { LogLine } from "../chat/open-bot.ts";
import { gate, scriptedEngine, type Script, type ScriptedEngine } from "../scripted-engine.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { exampleWorkspace, type ExampleWorkspace } from "./example-workspace.ts";
import type { Slack } from "./slack.ts";
import type { Message } from "./world.ts";

/** What outlives a restart of the bot. */
export interface Memory {
  readonly replies: MemoryJournal<ReplyRecord>;
  readonly feedback: MemorySegments<FeedbackRecord>;
  readonly seen: ReturnType<typeof memorySeen>;
  readonly settings: ReturnType<typeof memoryDocument<BotSettings>>;
}

export interface BotInSlackOptions {
  readonly script?: Script;
  readonly workspace?: ExampleWorkspace;
  readonly memory?: Memory;
  readonly options?: Partial<SlackOptions>;
}

export interface BotInSlack extends ExampleWorkspace {
  readonly engine: ScriptedEngine;
  readonly memory: Memory;
  readonly cards: Cards;
  readonly lines: LogLine[];
  /** Where our own server listens, if it does. */
  readonly url: string | undefined;
  /** Everything said to the bot from here on, and what it sees of it. */
  readonly mention: (text: string, thread?: string) => Message;
  /** The one reply in a thread, once it is over. */
  readonly finalReply: (asked: Message) => Promise<Message>;
  readonly stop: () => Promise<void>;
  /** Rejects when the bot cannot be in Slack any more. */
  readonly serving: Promise<void>;
}

export async function botInSlack(how: BotInSlackOptions = {}): Promise<BotInSlack> {
  const workspace = how.workspace ?? (await exampleWorkspace());
  const { slack, bot: installed, ana, channel } = workspace;
  const memory = how.memory ?? freshMemory(slack);
  const engine = scriptedEngine(how.script);
  const { log, lines } = watchedLog(slack);
  const clock = impatientClock(() => slack.clock.now());
  const connected = gate();
  const platform = createSlackPlatform({
    botToken: installed.token,
    appToken: slack.app.appToken,
    apiUrl: slack.apiUrl,
    host: "127.0.0.1",
    port: 0,
    retryWait: 1,
    home: temporaryFolder(),
    clock,
    log,
    ...how.options,
  });
  const bot = new ChatBot({
    engine: Promise.resolve(engine),
    settings: memory.settings,
    replies: await Replies.open(memory.replies),
    ratings: await ratingsIn(memory.feedback, log),
    contexts: new Contexts(memorySegments()),
    forgotten: new Forgotten(memoryDocument({ people: {} })),
    retentionDays: 180,
    consent: new Consent(memoryDocument<Consents>({ people: {}, exceptions: {} })),
    people: new People(Buffer.from("a key"), [{ platform: "slack", id: ana.id }], memory.settings),
    seen: memory.seen,
    clock,
    newSeed: () => 1,
    log,
  });
  const isKept = ({ ts }: Message) =>
    memory.replies.lines.some(({ messages }) => messages.includes(ts));
  const ending = new AbortController();
  const serving = platform.serve(bot, ending.signal, (connection) => {
    if (connection === "connected") connected.open();
  });
  const stop = async () => {
    await bot.close();
    ending.abort();
    await serving.catch(() => {}); // whoever waited for the start has seen it
  };
  onTestFinished(stop);
  await Promise.race([connected.opened, serving]);
  const url = lines.find(({ event }) => event === "listening for slack")?.["url"];
  return {
    ...workspace,
    engine,
    memory,
    cards: platform.cards,
    lines,
    url: typeof url === "string" ? url : undefined,
    mention: (text, thread) =>
      slack.person.say({
        channel: channel.id,
        user: ana.id,
        text: `<@${installed.botUserId}> ${text}`,
        ...(thread && { thread }),
      }),
    finalReply: (asked) =>
      slack.until(() =>
        slack
          .messagesIn(asked.channel, asked.threadTs ?? asked.ts)
          .find((message) => message.ts > asked.ts && isOver(message) && isKept(message)),
      ),
    stop,
    serving,
  };
}

interface Appendable<Value, Result> {
  append(record: Value): Promise<Result>;
}

/** What is written down counts among the changes that a test can wait for. */
function freshMemory({ world }: Slack): Memory {
  const watched = <Value, Result, Store extends Appendable<Value, Result>>(store: Store): Store => {
    const append = store.append.bind(store);
    store.append = async (record) => {
      const result = await append(record);
      world.changes.happened();
      return result;
    };
    return store;
  };
  return {
    replies: watched(memoryJournal<ReplyRecord>()),
    feedback: watched(memorySegments<FeedbackRecord>()),
    seen: memorySeen(),
    settings: memoryDocument(BotSettings.parse({})),
  };
}

/** Every line counts among the changes that a test can wait for. */
function watchedLog({ world }: Slack): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line) as LogLine);
    world.changes.happened();
    return true;
  };
  const now = () => new Date(world.clock.now());
  return { lines, log: createLog({ stream: { write }, level: "debug", secrets: [], now }) };
}

/** A reply is over when its buttons stand under it. */
function isOver({ blocks }: Message): boolean {
  return blocks.some(({ type, elements }) => {
    const ids = (elements ?? []) as { action_id?: string }[];
    return type !== "context" && ids.some(({ action_id: id }) => id === "lfz_again");
  });
}

/** Time stands still, and nobody waits: whoever sleeps wakes at once. */
function impatientClock(now: () => number): Clock {
  return { now, sleep: () => setImmediate() };
}
