/**
 * A conversation at a terminal: a prompt, replies as they are written, and a
 * few commands.
 *
 * Ctrl-C stops the reply that is being written; the next one, or one at the
 * prompt, ends the chat. Lines typed during a reply are answered after it.
 */

import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import { reasonOf } from "../../core/errors.ts";
import { Channel } from "../../generate/channel.ts";
import type { ModelInfo } from "../../generate/types.ts";
import type { ChatSession, FinishedReply } from "./chat-session.ts";
import { writeReply } from "./write-reply.ts";

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

/** The last reply, once the person leaves. */
export async function chatAtTerminal(
  session: ChatSession,
  { input, output }: Terminal,
  { model, signal, interrupt }: InteractiveOptions,
): Promise<FinishedReply | undefined> {
  const lines = createInterface({ input, output, prompt: PROMPT, terminal: true });
  const write = (text: string) => void output.write(text);
  const note = (text: string) => write(`${text}\n`);
  let last: FinishedReply | undefined;
  let running: AbortController | undefined;

  const leave = () => {
    running?.abort();
    lines.close();
  };
  lines.on("SIGINT", () => {
    if (running && !running.signal.aborted) {
      running.abort();
      return;
    }
    write("\n");
    interrupt();
    leave();
  });
  signal.addEventListener("abort", leave);

  const answer = async (message: string) => {
    running = new AbortController();
    try {
      last = (await writeReply(session, message, { write, note }, running.signal)) ?? last;
    } catch (error) {
      note(`error: ${reasonOf(error)}`);
    } finally {
      running = undefined;
    }
  };

  note(`${describe(model)}. /help lists the commands.`);
  if (!signal.aborted) lines.prompt();
  for await (const line of linesOf(lines)) {
    const words = line.trim();
    if (words === "/quit") break;
    if (words.startsWith("/")) note(obey(words, session, model));
    else if (words !== "") await answer(line);
    if (signal.aborted) break;
    lines.prompt();
  }
  signal.removeEventListener("abort", leave);
  lines.close();
  return last;
}

/** Unlike readline's own iterator it does not pause the input: Ctrl-C must be heard during a reply. */
async function* linesOf(lines: Interface): AsyncGenerator<string, void, void> {
  const typed = new Channel<string | null>();
  lines.on("line", (line) => typed.push(line));
  lines.on("close", () => typed.push(null));
  for (let line = await typed.take(); line !== null; line = await typed.take()) yield line;
}

function obey(command: string, session: ChatSession, model: ModelInfo): string {
  switch (command) {
    case "/help":
      return [
        "/clear  forget this conversation",
        "/model  which model answers",
        "/quit   leave (or Ctrl-D); Ctrl-C stops a reply",
      ].join("\n");
    case "/clear":
      session.clear();
      return "A new conversation.";
    case "/model":
      return `${describe(model)}, ${model.folder}, ONNX Runtime ${model.runtime}`;
    default:
      return `There is no ${command}; /help lists the commands.`;
  }
}

function describe({ name, parameters, context }: ModelInfo): string {
  const millions = (parameters / 1e6).toFixed(1);
  return `${name}: ${millions} M parameters, reads ${context} tokens`;
}
