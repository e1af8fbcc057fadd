/** Puts golden prompts to a model, as somebody would who chats with it, and checks what it answers. */

import type { Message } from "../../src/core/chat/conversation.ts";
import { fitPrompt, promptRoom } from "../../src/core/chat/fit-prompt.ts";
import type { Decoder } from "../../src/core/decoder/decoder.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { checkGolden, type GoldenPrompt } from "./golden.ts";
import { greedyReply } from "./greedy-reply.ts";
import type { Table } from "./tables.ts";

export interface GoldenResult {
  readonly prompts: number;
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly GoldenOutcome[];
}

export interface GoldenOutcome {
  readonly name: string;
  /** Empty if it passed. */
  readonly problems: readonly string[];
  readonly replies: readonly string[];
}

export interface AskGoldenOptions {
  /** Of a reply, as in serving. */
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
  readonly onPrompt?: (done: number) => void;
}

export async function askGolden(
  decoder: Decoder,
  tokenizer: ChatTokenizer,
  prompts: readonly GoldenPrompt[],
  { maxTokens, signal, onPrompt }: AskGoldenOptions,
): Promise<GoldenResult> {
  const results: GoldenOutcome[] = [];
  const room = promptRoom(decoder.context, maxTokens);
  for (const prompt of prompts) {
    const messages: Message[] = [];
    const replies: string[] = [];
    for (const { user } of prompt.turns) {
      signal?.throwIfAborted();
      messages.push({ role: "user", content: user });
      const { ids } = fitPrompt(messages, tokenizer, room);
      const { text } = await greedyReply(decoder, tokenizer, ids, maxTokens);
      messages.push({ role: "assistant", content: text });
      replies.push(text);
    }
    results.push({ name: prompt.name, problems: checkGolden(prompt, replies), replies });
    onPrompt?.(results.length);
  }
  const passed = results.filter(({ problems }) => problems.length === 0).length;
  return { prompts: results.length, passed, failed: results.length - passed, results };
}

/** Those that fail come last, where whoever looks at a terminal sees them. */
export function goldenTable({ results }: GoldenResult): Table {
  const failing = results.filter(({ problems }) => problems.length > 0);
  const passing = results.filter(({ problems }) => problems.length === 0);
  return {
    head: ["", "Golden prompt", "Why"],
    rows: [
      ...passing.map(({ name }) => ["passes", name, ""]),
      ...failing.map(({ name, problems }) => [
        "fails",
        name,
        problems.join("; ").replaceAll("\n", " "),
      ]),
    ],
  };
}
