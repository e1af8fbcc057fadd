/** `review`: better answers that wait and feedback that looks suspicious, for a reviewer to decide on. */

import { HintedError } from "../../core/errors.ts";
import { gatherFeedback, type Gathered } from "../../feedback/gather.ts";
import type { Item } from "../../feedback/items.ts";
import { sourceOf } from "../../feedback/own-feedback.ts";
import { readAgain, type InContext } from "../../feedback/read-again.ts";
import type { FeedbackSource } from "../../feedback/read-feedback.ts";
import { screen, type Judgement, type Outcome } from "../../feedback/screen.ts";
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
    const gathered = await gatherFeedback(source);
    const known: Known = { gathered, judgements: screen(gathered, source) };
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

interface Known {
  readonly gathered: Gathered;
  readonly judgements: readonly Judgement[];
}

async function show(known: Known, source: FeedbackSource): Promise<string> {
  const waiting = judgedAs("waiting", known);
  const held = judgedAs("held", known);
  const next = [...waiting, ...held].slice(0, SHOWN);
  if (next.length === 0) return "Nothing waits for a review.";
  const descriptions = new Map<number, string>();
  for await (const inContext of readAgain(source, known.gathered, Uint32Array.from(next))) {
    const { index } = inContext;
    descriptions.set(index, describe(inContext, known.judgements[index]));
  }
  return [
    `**${waiting.length} to review, ${held.length} held as suspicious.**`,
    ...next.flatMap((index) => descriptions.get(index) ?? []),
    "`review approve ID…`, `review reject ID…`, `review edit ID TEXT`; `review approve-all` takes all but the suspicious.",
  ].join("\n\n");
}

/** The numbers of the items. */
function judgedAs(wanted: Outcome, { judgements }: Known): number[] {
  return judgements.flatMap(({ outcome }, index) => (outcome === wanted ? index : []));
}

function describe({ item, context }: InContext, judgement: Judgement | undefined): string {
  const verdict = item.kind === "correction" ? "✏️" : item.verdict === "good" ? "👍" : "👎";
  const held = judgement?.outcome === "held" ? ` held: ${judgement.reason}` : "";
  const lines = [
    `\`${item.id}\` ${verdict}${held}`,
    `> ${excerptOf(context.turns.at(-1)?.content ?? "")}`,
    `I said: ${excerptOf(context.reply)}`,
  ];
  if (item.kind === "correction") lines.push(`Better: ${excerptOf(item.text)}`);
  return lines.join("\n");
}

async function decide(
  { place, person }: CommandCall,
  { ratings, people, clock }: CommandContext,
  verdict: "approved" | "rejected",
  chosen: readonly Item[],
  text?: string,
): Promise<{ text: string }> {
  const reviewer = people.pseudonymOf(place.platform, person.id);
  for (const { id, reply, rater } of chosen) {
    const at = clock.now();
    await ratings.save({ kind: "decision", item: id, verdict, text, reviewer, reply, rater, at });
  }
  return { text: `${chosen.length} ${verdict}${text === undefined ? "" : " as you wrote it"}.` };
}

async function edit(
  call: CommandCall,
  context: CommandContext,
  words: string,
  known: Known,
): Promise<{ text: string }> {
  const [, id = "", text = ""] = /^(\S+)\s+([\s\S]+)$/.exec(words) ?? [];
  const [chosen] = named(id, known);
  if (chosen?.kind !== "correction") {
    throw new HintedError("Only a better answer can be edited.", {
      hint: "A thumb can be approved or rejected.",
    });
  }
  return decide(call, context, "approved", [chosen], text);
}

async function approveAll(
  call: CommandCall,
  context: CommandContext,
  known: Known,
): Promise<{ text: string }> {
  const held = judgedAs("held", known).length;
  const waiting = judgedAs("waiting", known).map((index) => known.gathered.items.at(index));
  const { text } = await decide(call, context, "approved", waiting);
  return {
    text: held === 0 ? text : `${text} ${held} held as suspicious: approve them by their ids.`,
  };
}

/** @throws HintedError unless every word is the id of something that is known */
function named(words: string, { gathered: { items } }: Known): Item[] {
  const ids = [...new Set(words.toLowerCase().split(/[\s,]+/))];
  return ids.map((id) => {
    const found = items.find(id);
    if (found !== undefined) return items.at(found);
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
