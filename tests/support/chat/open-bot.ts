/** A bot with a scripted engine, a clock that stands still and state in memory. */

import { ChatBot, type BotParts } from "../../../src/chat/bot.ts";
import { Consent, type Consents } from "../../../src/chat/consent.ts";
import { People } from "../../../src/chat/people.ts";
import type { ChatMessage } from "../../../src/chat/platform.ts";
import { Replies, type ReplyRecord } from "../../../src/chat/replies.ts";
import { BotSettings } from "../../../src/chat/settings.ts";
import { Contexts, type ContextRecord } from "../../../src/feedback/contexts.ts";
import { Forgotten, type ForgottenPeople } from "../../../src/feedback/forgotten.ts";
import type { FeedbackRecord } from "../../../src/feedback/record.ts";
import { createLog, type Log } from "../../../src/log.ts";
import { scriptedEngine, type Script } from "../scripted-engine.ts";
import { ManualClock } from "./manual-clock.ts";
import {
  memoryDocument,
  memoryJournal,
  memorySeen,
  memorySegments,
  ratingsIn,
} from "./memory-stores.ts";
import { paperStage } from "./paper-stage.ts";

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export function recordingLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as LogLine) > 0;
  const log = createLog({
    stream: { write },
    level: "debug",
    secrets: [],
    now: () => new Date(0),
  });
  return { log, lines };
}

export async function openBot(script: Script = {}, parts: Partial<BotParts> = {}) {
  const clock = new ManualClock();
  const engine = scriptedEngine(script);
  const { log, lines } = recordingLog();
  const feedback = memorySegments<FeedbackRecord>();
  const contexts = memorySegments<ContextRecord>();
  const forgotten = memoryDocument<ForgottenPeople>({ people: {} });
  const replyJournal = memoryJournal<ReplyRecord>();
  let seed = 100;
  const settings = parts.settings ?? memoryDocument(BotSettings.parse({}));
  const replies = parts.replies ?? (await Replies.open(replyJournal));
  const bot = new ChatBot({
    engine: Promise.resolve(engine),
    settings,
    replies,
    ratings: await ratingsIn(feedback, log),
    contexts: new Contexts(contexts),
    forgotten: new Forgotten(forgotten),
    retentionDays: 180,
    consent: new Consent(memoryDocument<Consents>({ people: {}, exceptions: {} })),
    people: new People(Buffer.from("a key"), [{ platform: "discord", id: "ada" }], settings),
    seen: memorySeen(),
    clock,
    newSeed: () => seed++,
    log,
    ...parts,
  });
  /** Says something and lets it be answered, as far as no time but the gathering's is needed. */
  const say = async (said: ChatMessage, stage = paperStage(clock)) => {
    const heard = bot.hear(said, stage);
    await clock.advance(1000);
    return { stage, heard };
  };
  return {
    bot,
    clock,
    engine,
    lines,
    feedback,
    contexts,
    forgotten,
    replies,
    replyJournal,
    settings,
    say,
  };
}
