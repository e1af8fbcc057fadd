/**
 * A conversation at a terminal: a prompt, replies as they are written, and a
 * few commands.
 *
 * Ctrl-C stops the reply that is being written; the next one, or one at the
 * prompt, ends the chat. Lines typed during a reply are answered after it.
 */

import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import type { Bot } from "../../chat/platform.ts";
import { Channel } from "../../generate/channel.ts";
import type { ModelInfo } from "../../generate/types.ts";
import { TerminalChat } from "./terminal-chat.ts";

const PROMPT = "> ";

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

export interface InteractiveOptions {
  readonly model: ModelInfo;
  readonly signal: AbortSignal;
  /** Ctrl-C at the prompt. */
  readonly interrupt: () => void;
}

/** Resolves once the person leaves. */
export async function chatAtTerminal(
  bot: Bot,
  { input, output }: Terminal,
  { model, signal, interrupt }: InteractiveOptions,
): Promise<void> {
  const lines = createInterface({ input, output, prompt: PROMPT, terminal: true });
  const write = (text: string) => void output.write(text);
  const note = (text: string) => write(`${text}\n`);
  const chat = new TerminalChat(bot, { write, note }, Date.now);

  const leave = () => {
    void chat.stop().catch(() => false); // gone either way
    lines.close();
  };
  const stopOrLeave = async () => {
    if (await chat.stop()) return;
    write("\n");
    interrupt();
    leave();
  };
  lines.on("SIGINT", () => void stopOrLeave());
  signal.addEventListener("abort", leave);

  note(`${describe(model)}. /help lists the commands.`);
  if (!signal.aborted) lines.prompt();
  for await (const line of linesOf(lines)) {
    const words = line.trim();
    if (words === "/quit") break;
    if (words === "/help") note(TERMINAL_HELP);
    if (words.startsWith("/")) await chat.command(words === "/clear" ? "reset" : words.slice(1));
    else if (words !== "") await chat.say(line);
    if (signal.aborted) break;
    lines.prompt();
  }
  signal.removeEventListener("abort", leave);
  lines.close();
}

const TERMINAL_HELP =
  "/quit (or Ctrl-D) leaves, Ctrl-C stops a reply. All others, with a slash before:";

/** Unlike readline's own iterator it does not pause the input: Ctrl-C must be heard during a reply. */
async function* linesOf(lines: Interface): AsyncGenerator<string, void, void> {
  const typed = new Channel<string | null>();
  lines.on("line", (line) => typed.push(line));
  lines.on("close", () => typed.push(null));
  for (let line = await typed.take(); line !== null; line = await typed.take()) yield line;
}

function describe({ name, parameters, context }: ModelInfo): string {
  const millions = (parameters / 1e6).toFixed(1);
  return `${name}: ${millions} M parameters, reads ${context} tokens`;
}
