/**
 * What of the gathered feedback is learnt from. Whoever can rate can try to
 * teach the model something bad: what looks so is held until a reviewer
 * approves it, and nobody gets more than a fixed number through, whatever they
 * do.
 */

import { settingsAt, type BotSettings } from "../chat/settings.ts";
import type { Gathered } from "./gather.ts";
import { suspicionsIn } from "./suspicions.ts";

/** What one person gives to learn from in one cycle, at most. */
export const PER_PERSON = 200;

/**
 * `taken`: to be learnt from; `waiting`: nobody has reviewed it yet;
 * `held`: suspicious, and nobody has approved it; `dropped`: not learnt from.
 */
export type Outcome = "taken" | "waiting" | "held" | "dropped";

export interface Judgement {
  readonly outcome: Outcome;
  /** Why it is not taken. */
  readonly reason?: string | undefined;
}

export interface Screening {
  readonly settings: BotSettings;
  readonly perPerson?: number;
}

/** In the order of the items; those that are judged alike share one judgement. */
export function screen(gathered: Gathered, screening: Screening): Judgement[] {
  const judgements = judge(gathered, screening.settings);
  dropEchoes(judgements, gathered);
  dropBeyondCap(judgements, gathered, screening.perPerson ?? PER_PERSON);
  return judgements;
}

const TAKEN: Judgement = { outcome: "taken" };
const WAITING: Judgement = { outcome: "waiting", reason: "not reviewed" };
const REJECTED: Judgement = { outcome: "dropped", reason: "rejected" };
const ECHO: Judgement = { outcome: "dropped", reason: "rated so already" };

function judge({ items, contexts, decisions }: Gathered, settings: BotSettings): Judgement[] {
  const held = shared("held");
  const judgements = Array.from({ length: items.length }, () => TAKEN);
  for (const [index, reason] of suspicionsIn(items)) judgements[index] = held(reason);
  for (const [index, judgement] of judgements.entries()) {
    const verdict = decisions.get(items.id.at(index))?.verdict;
    if (verdict) judgements[index] = verdict === "rejected" ? REJECTED : TAKEN;
    if (verdict || judgement !== TAKEN || items.verdictOf(index) !== undefined) continue;
    const place = contexts.of(items.context.at(index))?.place;
    if (!place || settingsAt(settings, place).review) judgements[index] = WAITING;
  }
  return judgements;
}

/** A thumb like one that the same reply has already is no second row to learn from. */
function dropEchoes(judgements: Judgement[], { items }: Gathered): void {
  const isRated = new Uint8Array(items.replies.size);
  for (const [index, judgement] of judgements.entries()) {
    if (judgement !== TAKEN || items.verdictOf(index) === undefined) continue;
    const reply = items.reply.at(index);
    if (isRated[reply] === 1) judgements[index] = ECHO;
    isRated[reply] = 1;
  }
}

/** The newest of each person, so many of them as the person has earned. */
function dropBeyondCap(judgements: Judgement[], gathered: Gathered, perPerson: number): void {
  const { rater: raterOf } = gathered.items;
  const trust = trustFrom(gathered);
  const taken = new Uint32Array(trust.length);
  const dropped = shared("dropped");
  for (let index = judgements.length - 1; index >= 0; index--) {
    if (judgements[index] !== TAKEN) continue;
    const rater = raterOf.at(index);
    const count = (taken[rater] ?? 0) + 1;
    taken[rater] = count;
    const cap = Math.max(1, Math.round(perPerson * (trust[rater] ?? 1)));
    if (count > cap) judgements[index] = dropped(`more than ${cap} of one person`);
  }
}

/** How much of what each person gives reviewers let through, 1 at first: each is judged as if one more had been approved. */
function trustFrom({ items, decisions }: Gathered): Float64Array {
  const approved = new Uint32Array(items.raters.size).fill(1);
  const rejected = new Uint32Array(items.raters.size);
  for (let index = 0; index < items.length; index++) {
    const verdict = decisions.get(items.id.at(index))?.verdict;
    if (!verdict) continue;
    const counts = verdict === "approved" ? approved : rejected;
    const rater = items.rater.at(index);
    counts[rater] = (counts[rater] ?? 0) + 1;
  }
  return Float64Array.from(approved, (count, rater) => count / (count + (rejected[rater] ?? 0)));
}

/** One judgement for each reason. */
function shared(outcome: Outcome): (reason: string) => Judgement {
  const judgements = new Map<string, Judgement>();
  return (reason) => {
    const judgement = judgements.get(reason) ?? { outcome, reason };
    judgements.set(reason, judgement);
    return judgement;
  };
}
