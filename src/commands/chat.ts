/** `lfz chat`: talk to a model at a terminal, through a pipe, or once. */

import { z } from "zod";

import { systemClock } from "../chat/clock.ts";
import { loadDotEnv, readEnvironment, type BotEnvironment } from "../config.ts";
import { defineCommand, type CommandResult } from "../core/cli/command.ts";
import type { Console } from "../core/cli/console.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import { findModel } from "../generate/find-model.ts";
import { startEngine } from "../generate/start-engine.ts";
import type { Engine } from "../generate/types.ts";
import { openChat, type ChatOptions } from "../open-chat.ts";
import { Opened } from "../opened.ts";
import {
  ChatSession,
  type FinishedReply,
  type ReplySettings,
} from "../platforms/terminal/chat-session.ts";
import { chatAtTerminal } from "../platforms/terminal/interactive-chat.ts";
import { chatOverPipe } from "../platforms/terminal/piped-chat.ts";
import { writeReply } from "../platforms/terminal/write-reply.ts";

import { openModels } from "../retrain/open-models.ts";
import { openHomeOrGuestHome } from "../state/guest-home.ts";
import { commandLog } from "./command-log.ts";
import { openIdleJobs } from "./idle-bot.ts";

const COUNT = "a whole number from 1 on";

export const chat = defineCommand({
  name: "chat",
  summary: "Talk to a model: at the terminal, piped, or once with -p",
  usage: "[--model DIR] [-p TEXT] [--seed N] [--temperature T] [--max-tokens N]",
  flags: z.strictObject({
    model: z
      .string()
      .optional()
      .describe("model folder; LFZ_MODEL, the newest finished experiment, or the starter"),
    prompt: z.string().optional().describe("one message, one reply; - reads it from stdin"),
    seed: z.coerce.number().int().optional().describe("the same seed gives the same reply"),
    temperature: z.coerce
      .number("a number from 0 on")
      .min(0, "a number from 0 on")
      .optional()
      .describe("0 always says the likeliest; the model's own otherwise"),
    maxTokens: z.coerce
      .number(COUNT)
      .int(COUNT)
      .positive(COUNT)
      .optional()
      .describe("the longest reply; the model's own otherwise"),
  }),
  short: { p: "prompt" },
  examples: ["lfz chat", 'lfz chat -p "How are you?" --json', "lfz chat < questions.txt"],

  async run({ model, prompt, seed, temperature, maxTokens }, { console, signal }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const folder = await findModel({ named: model, environment });
    const message = prompt === "-" ? await readAll(process.stdin) : prompt;
    if (message === undefined && process.stdin.isTTY) {
      const flags = { seed, defaults: { length: maxTokens, temperature } };
      return chatWithPerson(folder, environment, flags, console, signal);
    }
    const engine = await startEngine(folder);
    try {
      const settings: ReplySettings = { maxTokens, sampling: { seed, temperature } };
      const reply = await converse(engine, settings, message, console, signal);
      return reply && toResult(reply, engine);
    } finally {
      await engine.close();
    }
  },
});

async function converse(
  engine: Engine,
  settings: ReplySettings,
  message: string | undefined,
  console: Console,
  signal: AbortSignal,
): Promise<FinishedReply | undefined> {
  const session = new ChatSession(engine, settings);
  if (message !== undefined) return writeReply(session, message, console, signal);
  let last: FinishedReply | undefined;
  const answered = (line: string, reply: FinishedReply) => {
    console.print(line);
    last = reply;
  };
  await chatOverPipe(session, process.stdin, answered, signal);
  return last;
}

async function chatWithPerson(
  folder: string,
  environment: BotEnvironment,
  flags: Pick<ChatOptions, "seed" | "defaults">,
  console: Console,
  signal: AbortSignal,
): Promise<void> {
  const clock = systemClock;
  const log = commandLog(environment, "error");
  const opened = new Opened(log);
  try {
    const home = await openHomeOrGuestHome(environment.LFZ_HOME);
    opened.add("home", () => home.close());
    if (home.isGuest)
      console.note("The bot is running here: what you rate and set now is not kept.");
    const { models, taught } = await openModels(home, opened, {
      choice: { named: folder, isOnlyTalkedTo: true, root: EXPERIMENTS_ROOT },
      needsTwoAdmins: environment.LFZ_TWO_ADMINS,
      startEngine,
      clock,
      log,
    });
    opened.add("engine", () => models.close());
    const jobs = await openIdleJobs({ home, models, environment, log });
    const engine = await models.start();
    const chat = await openChat({
      ...flags,
      home,
      engine: Promise.resolve(engine),
      models,
      restingJobs: jobs.resting,
      taught,
      admins: environment.LFZ_ADMINS,
      retentionDays: environment.LFZ_RETENTION_DAYS,
      originalData: environment.LFZ_ORIGINAL_DATA,
      clock,
      log,
    });
    opened.add("state", () => chat.close());
    opened.add("chat", () => chat.bot.close());
    const terminal = {
      input: process.stdin,
      output: process.stdout.isTTY ? process.stdout : process.stderr,
    };
    await chatAtTerminal(chat.bot, terminal, { model: engine.model, signal, interrupt });
  } finally {
    await opened.close();
  }
}

/** What Ctrl-C does where readline does not take it for itself. */
function interrupt(): void {
  process.kill(process.pid, "SIGINT");
}

function toResult(reply: FinishedReply, engine: Engine): CommandResult {
  return {
    reply: reply.text,
    tokens: reply.tokenIds.length,
    tokenIds: reply.tokenIds,
    finishReason: reply.finishReason,
    model: engine.model.name,
    tokensPerSecond: reply.tokensPerSecond,
    firstTokenMs: reply.firstTokenMs,
  };
}

/** All of a stream as text, without the line break at its end. */
async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
