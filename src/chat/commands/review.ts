/** `review`: better answers that wait and feedback that looks suspicious, for a reviewer to decide on. */

import { HintedError } from "../../core/errors.ts";
import type { ContextRecord } from "../../feedback/contexts.ts";
import { gatherFeedback } from "../../feedback/gather.ts";
import { sourceOf } from "../../feedback/own-feedback.ts";
import type { FeedbackSource } from "../../feedback/read-feedback.ts";
import { screen, type Screened } from "../../feedback/screen.ts";
import type { CommandCall } from "../platform.ts";
import { CORRECTION_LIMIT } from "../words.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

/** Items shown at once, and characters of each text. */
const SHOWN = 4;
const EXCERPT = 160;

const ACTIONS = ["show", "approve", "reject", "edit", "approve-all"] as const;

export const review: ChatCommand = {
  name: "review",
  summary: "Decide what I may learn of what people taught me",
  audience: "reviewer",
  isPrivate: true,
  options: [
    { name: "action", description: "show if left out", type: "text", choices: ACTIONS },
    {
      name: "items",
      description: "ids, with blanks between; for edit one id and the better answer",
      type: "text",
      maxLength: CORRECTION_LIMIT,
    },
  ],
  async run(call, context) {
    const source = sourceOf(context);
    const known = screen(await gatherFeedback(source), source);
    const words = String(call.options.items ?? "").trim();
    switch (String(call.options.action ?? "show")) {
      case "show":
        return { text: await show(known, source) };
      case "approve":
        return decide(call, context, "approved", named(words, known));
      case "reject":
        return decide(call, context, "rejected", named(words, known));
      case "edit":
        return edit(call, context, words, known);
      case "approve-all":
        return approveAll(call, context, known);
      default:
        throw new HintedError("`review` cannot do that.", {
          hint: `Say one of ${ACTIONS.join(", ")}.`,
        });
    }
  },
};

async function show(known: readonly Screened[], source: FeedbackSource): Promise<string> {
  const waiting = known.filter(({ outcome }) => outcome === "waiting");
  const held = known.filter(({ outcome }) => outcome === "held");
  const next = [...waiting, ...held].slice(0, SHOWN);
  if (next.length === 0) return "Nothing waits for a review.";
  const contexts = new Map<string, ContextRecord>();
  const wanted = new Set(next.map(({ item }) => item.context));
  for await (const context of source.contexts()) {
    if (wanted.has(context.id)) contexts.set(context.id, context);
  }
  return [
    `**${waiting.length} to review, ${held.length} held as suspicious.**`,
    ...next.map((one) => describe(one, contexts.get(one.item.context))),
    "`review approve ID…`, `review reject ID…`, `review edit ID TEXT`; `review approve-all` takes all but the suspicious.",
  ].join("\n\n");
}

function describe({ item, outcome, reason }: Screened, context: ContextRecord | undefined): string {
  const verdict = item.kind === "correction" ? "✏️" : item.verdict === "good" ? "👍" : "👎";
  const lines = [
    `\`${item.id}\` ${verdict}${outcome === "held" ? ` held: ${reason}` : ""}`,
    `> ${excerptOf(context?.turns.at(-1)?.content ?? "")}`,
    `I said: ${excerptOf(context?.reply ?? "")}`,
  ];
  if (item.kind === "correction") lines.push(`Better: ${excerptOf(item.text)}`);
  return lines.join("\n");
}

async function decide(
  { place, person }: CommandCall,
  { ratings, people, clock }: CommandContext,
  verdict: "approved" | "rejected",
  chosen: readonly Screened[],
  text?: string,
): Promise<{ text: string }> {
  const reviewer = people.pseudonymOf(place.platform, person.id);
  for (const { item } of chosen) {
    const { id, reply, rater } = item;
    const at = clock.now();
    await ratings.save({ kind: "decision", item: id, verdict, text, reviewer, reply, rater, at });
  }
  return { text: `${chosen.length} ${verdict}${text === undefined ? "" : " as you wrote it"}.` };
}

async function edit(
  call: CommandCall,
  context: CommandContext,
  words: string,
  known: readonly Screened[],
): Promise<{ text: string }> {
  const [, id = "", text = ""] = /^(\S+)\s+([\s\S]+)$/.exec(words) ?? [];
  const [chosen] = named(id, known);
  if (chosen?.item.kind !== "correction") {
    throw new HintedError("Only a better answer can be edited.", {
      hint: "A thumb can be approved or rejected.",
    });
  }
  return decide(call, context, "approved", [chosen], text);
}

async function approveAll(
  call: CommandCall,
  context: CommandContext,
  known: readonly Screened[],
): Promise<{ text: string }> {
  const held = known.filter(({ outcome }) => outcome === "held").length;
  const waiting = known.filter(({ outcome }) => outcome === "waiting");
  const { text } = await decide(call, context, "approved", waiting);
  return {
    text: held === 0 ? text : `${text} ${held} held as suspicious: approve them by their ids.`,
  };
}

/** @throws HintedError unless every word is the id of something that is known */
function named(words: string, known: readonly Screened[]): Screened[] {
  const ids = [...new Set(words.toLowerCase().split(/[\s,]+/))];
  return ids.map((id) => {
    const found = known.find(({ item }) => item.id === id);
    if (found) return found;
    throw new HintedError(
      id === "" ? "Which one?" : `There is nothing to review of the id ${id.slice(0, 40)}.`,
      { hint: "`review` shows what waits, each with its id. Nothing was decided." },
    );
  });
}

function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}
