/** How a reply came about, as far as its record, the memory of its words and the training data tell. */

import type { NearestRows } from "../recall/original-rows.ts";
import type { TrainingRow } from "../recall/rows.ts";
import type { SaidWord } from "./certainty.ts";
import type { ReplyRecord } from "./replies.ts";
import type { Said } from "./said-lately.ts";

/** How replies end, by their outcome. */
const ENDS: Readonly<Record<string, string>> = {
  finished: "ended by itself",
  length: "was cut off where a reply may go no further",
  stopped: "was stopped",
  interrupted: "was cut off when I was restarted",
  failed: "failed",
  withheld: "was ended before it repeated what somebody said in private",
};

export interface ExplainOptions {
  /** Admins also see what helps to make it again. */
  readonly isAdmin: boolean;
  /** Its words, if they are still in memory. */
  readonly said?: Said | undefined;
  /** What the model was taught that is nearest to it. */
  readonly nearest?: (NearestRows & { readonly kept: readonly TrainingRow[] }) | undefined;
}

export function explainReply(
  reply: ReplyRecord,
  { isAdmin, said, nearest }: ExplainOptions,
): string {
  const { model, at, isCanary, promptTokens, tokens, firstTokenMs, tokensPerSecond } = reply;
  const trial = isCanary ? ", a version on trial," : "";
  return [
    `**${model}**${trial} wrote this on ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC.`,
    `It read ${promptTokens} tokens and wrote ${tokens}: the first after ${Math.round(firstTokenMs)} ms, then ${tokensPerSecond.toFixed(0)} a second.`,
    readingOf(reply),
    `It answers ${reply.question.length === 1 ? "one message" : `${reply.question.length} messages together`}, and ${ENDS[reply.outcome] ?? reply.outcome}.`,
    choiceOf(reply, isAdmin),
    ...certaintyLines(reply, said),
    ...rowLines(nearest),
    ...keptLines(nearest?.kept ?? []),
    ...(isAdmin ? [`Reply \`${reply.id}\`, seed ${reply.seed}.`] : []),
  ].join("\n");
}

/** What of the conversation it could not read. */
function readingOf({ droppedTurns, hasPersona }: ReplyRecord): string {
  if (droppedTurns === 0) return "It read the whole conversation it was given.";
  const exchanges = droppedTurns === 1 ? "One exchange" : `${droppedTurns} exchanges`;
  const persona = hasPersona ? "; what it is told to be stayed" : "";
  return `${exchanges} at the beginning no longer fit into what it can read${persona}.`;
}

function choiceOf({ temperature, topP }: ReplyRecord, isAdmin: boolean): string {
  if (temperature === undefined || topP === undefined) return "How freely it chose is not kept.";
  if (temperature === 0) return "It took the likeliest word each time (temperature 0).";
  const again = isAdmin ? "" : "; with other luck it would have said it differently";
  return `It chose by chance, at temperature ${temperature} and top-p ${topP}${again}.`;
}

function certaintyLines({ certainty, tokens }: ReplyRecord, said: Said | undefined): string[] {
  if (!certainty) return tokens > 0 ? ["How sure it was is not kept."] : [];
  const { meanProbability, perplexity } = certainty;
  const whole = `It was ${percent(meanProbability)} sure of each token, on average (perplexity ${perplexity.toFixed(1)}).`;
  if (!said) {
    return [
      `${whole} Which words it was least sure of I no longer know: I keep them in memory only.`,
    ];
  }
  const words = said.leastSure.map(wordWithPercent).join(", ");
  return [words === "" ? whole : `${whole} Least sure of: ${words}.`];
}

function rowLines(nearest: NearestRows | undefined): string[] {
  switch (nearest?.kind) {
    case undefined:
      return [];
    case "reading":
      return [
        "I am still reading what I was taught: ask again in a moment for what is nearest to it.",
      ];
    case "unknown":
      return ["What I was taught cannot be searched here; the log of the bot says why."];
    case "found": {
      const { rows, share } = nearest;
      const part = share < 1 ? `, of the ${percent(share)} I can search` : "";
      if (rows.length === 0) return ["Nothing that I was taught, and may show, is near to it."];
      return [`Nearest to it of what I was taught${part}:`, ...rows.map(rowLine)];
    }
  }
}

/** What people gave to learn from: for admins, without whose it is. */
function keptLines(rows: readonly TrainingRow[]): string[] {
  return rows.length === 0 ? [] : ["And of what people gave to learn from:", ...rows.map(rowLine)];
}

function rowLine({ user, bot, source = "unknown source", licence = "no licence" }: TrainingRow) {
  return `- ${asCode(user)} → ${asCode(bot)} (${asCode(source)}, ${asCode(licence)})`;
}

/** As code, so that nothing in it is a mention or a format. */
function asCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

function wordWithPercent({ text, probability }: SaidWord): string {
  return `${asCode(text)} ${percent(probability)}`;
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`;
}
