/** `lfz chat`: talk to a model at a terminal, through a pipe, or once. */

import { z } from "zod";

import { loadDotEnv, readEnvironment } from "../config.ts";
import { defineCommand, type CommandResult } from "../core/cli/command.ts";
import type { Console } from "../core/cli/console.ts";
import { findModel } from "../generate/find-model.ts";
import { startEngine } from "../generate/start-engine.ts";
import type { Engine } from "../generate/types.ts";
import {
  ChatSession,
  type FinishedReply,
  type ReplySettings,
} from "../platforms/terminal/chat-session.ts";
import { chatAtTerminal } from "../platforms/terminal/interactive-chat.ts";
import { chatOverPipe } from "../platforms/terminal/piped-chat.ts";
import { writeReply } from "../platforms/terminal/write-reply.ts";

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
    const folder = await findModel({ named: model, environment: readEnvironment(process.env) });
    const message = prompt === "-" ? await readAll(process.stdin) : prompt;
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
  if (process.stdin.isTTY) {
    const terminal = {
      input: process.stdin,
      output: process.stdout.isTTY ? process.stdout : process.stderr,
    };
    return chatAtTerminal(session, terminal, { model: engine.model, signal, interrupt });
  }
  let last: FinishedReply | undefined;
  const answered = (line: string, reply: FinishedReply) => {
    console.print(line);
    last = reply;
  };
  await chatOverPipe(session, process.stdin, answered, signal);
  return last;
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
