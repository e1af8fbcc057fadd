/**
 * `samples.md`: the same few prompts, answered again and again as a model
 * learns. Written for people, strict enough to be read back into the report.
 */

import { appendFile } from "node:fs/promises";

import { readIfThere, writeFileAtomic } from "../../src/core/files.ts";
import { escapeMarkdown, unescapeMarkdown } from "./markdown.ts";

export interface Sample {
  readonly prompt: string;
  readonly reply: string;
}

export interface SampleRound {
  readonly step: number;
  readonly samples: readonly Sample[];
}

const PROMPT = "**You**";
const REPLY = "**Bot**";

export async function appendSamples(path: string, round: SampleRound): Promise<void> {
  await appendFile(path, toMarkdown(round));
}

/** The rounds of a file in the order they were taken; none if there is no file. */
export async function readSamples(path: string): Promise<SampleRound[]> {
  return parseRounds((await readIfThere(path)) ?? "");
}

/** Forgets the rounds after a step: a resumed run takes them again. */
export async function dropSamplesAfter(path: string, step: number): Promise<void> {
  const rounds = await readSamples(path);
  const kept = rounds.filter((round) => round.step <= step);
  if (kept.length < rounds.length) await writeFileAtomic(path, kept.map(toMarkdown).join(""));
}

function toMarkdown({ step, samples }: SampleRound): string {
  const parts = samples.flatMap(({ prompt, reply }) => [
    PROMPT,
    toQuote(prompt),
    REPLY,
    toQuote(reply),
  ]);
  return `## Step ${step}\n\n${parts.map((part) => `${part}\n\n`).join("")}`;
}

function toQuote(text: string): string {
  return escapeMarkdown(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

/** Lines that fit nothing (an edit by hand, a torn end) are passed over. */
function parseRounds(text: string): SampleRound[] {
  const rounds: { step: number; samples: { prompt: string; reply: string }[] }[] = [];
  let field: "prompt" | "reply" | undefined;
  let quoted: string[] = [];
  const finishQuote = () => {
    const said = unescapeMarkdown(quoted.join("\n"));
    const samples = rounds.at(-1)?.samples;
    if (quoted.length > 0 && field === "prompt") samples?.push({ prompt: said, reply: "" });
    const last = samples?.at(-1);
    if (quoted.length > 0 && field === "reply" && last) last.reply = said;
    quoted = [];
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("> ")) {
      quoted.push(line.slice(2));
      continue;
    }
    finishQuote();
    const step = /^## Step (\d+)$/.exec(line)?.[1];
    if (step !== undefined) rounds.push({ step: Number(step), samples: [] });
    if (line === PROMPT) field = "prompt";
    if (line === REPLY) field = "reply";
  }
  finishQuote();
  return rounds;
}
