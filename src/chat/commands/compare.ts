/** `compare`: the champion and another version answer the same question, one under the other. */

import { EXIT_FAILURE, HintedError } from "../../core/errors.ts";
import type { Engine, GenerationEvent } from "../../generate/types.ts";
import { settingsAt } from "../settings.ts";
import { givenBy } from "./given-by.ts";
import type { ChatCommand } from "./index.ts";
import { namesToPromote, versionsIn } from "./versions.ts";

const QUESTION_LIMIT = 2000;

/** Where nobody has a question: a greeting, a fact about itself, something to make up. */
const STOCK_QUESTIONS = [
  "Hello! How are you today?",
  "What are you?",
  "Tell me a short story about a lighthouse.",
];

/** A reply that does not end by itself would be compared for minutes. */
const LONGEST_REPLY = 200;

/** The likeliest words, so that both say what they would, and chance decides nothing. */
const GREEDY = { temperature: 0, seed: 1 };

type Speaker = Pick<Engine, "model" | "generate">;
type Done = Extract<GenerationEvent, { type: "done" }>;

export const compare: ChatCommand = {
  name: "compare",
  summary: "Put the same question to the champion and another version",
  audience: "admin",
  isPrivate: true,
  options: [
    { name: "name", description: "which version", type: "text", isRequired: true, completes: true },
    {
      name: "question",
      description: "three of our own if left out",
      type: "text",
      maxLength: QUESTION_LIMIT,
    },
  ],
  async run(call, context) {
    const { name, question } = call.options;
    const { champion, other } = await versionsIn(context).pair(
      String(name ?? "").trim(),
      givenBy(call),
    );
    const { persona, length = LONGEST_REPLY } = settingsAt(context.settings.value, call.place);
    const asking = { persona, maxTokens: Math.min(length, LONGEST_REPLY) };
    const parts: string[] = [];
    for (const asked of toQuestions(question)) {
      // One after the other: at the same time each would slow the other down.
      const answers = [
        await answerOf(champion, "champion", asked, asking),
        await answerOf(other, "compared", asked, asking),
      ];
      parts.push([`**${asked}**`, ...answers].join("\n"));
    }
    return { text: parts.join("\n\n") };
  },
  complete: (_, typed, context) => namesToPromote(typed, context),
};

function toQuestions(question: string | number | boolean | undefined): readonly string[] {
  const text = String(question ?? "").trim();
  return text === "" ? STOCK_QUESTIONS : [text.slice(0, QUESTION_LIMIT)];
}

async function answerOf(
  speaker: Speaker,
  role: string,
  question: string,
  { persona, maxTokens }: { readonly persona: string | undefined; readonly maxTokens: number },
): Promise<string> {
  const { name } = speaker.model;
  const messages = [
    ...(persona ? [{ role: "system", content: persona } as const] : []),
    { role: "user", content: question } as const,
  ];
  let text = "";
  let done: Done | undefined;
  for await (const event of speaker.generate({ messages, maxTokens, sampling: GREEDY })) {
    if (event.type === "done") done = event;
    else text += event.text;
  }
  if (!done || done.finishReason === "abort") throw wentMeanwhile(name);
  return `**${name}** (${role}, ${figuresOf(done)}):\n${quoted(text)}`;
}

function figuresOf({ tokensPerSecond, firstTokenMs, finishReason }: Done): string {
  const pace = `${Math.round(tokensPerSecond)} tokens/s, first after ${Math.round(firstTokenMs)} ms`;
  return finishReason === "length" ? `${pace}, cut off` : pace;
}

function quoted(text: string): string {
  const shown = text.trim() === "" ? "_nothing_" : text.trim();
  return shown.replaceAll(/^/gm, "> ");
}

function wentMeanwhile(name: string): HintedError {
  return new HintedError(`${name} had to go before it was done.`, {
    hint: "Compare again if it is still wanted.",
    exitCode: EXIT_FAILURE,
  });
}
