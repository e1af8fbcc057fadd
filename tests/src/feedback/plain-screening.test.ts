/** Screening in columns agrees with the obvious way: every item an object, every rule a filter. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { gatherFeedback } from "../../../src/feedback/gather.ts";
import { itemIdOf, type FeedbackRecord } from "../../../src/feedback/record.ts";
import { readAgain } from "../../../src/feedback/read-again.ts";
import { screen } from "../../../src/feedback/screen.ts";
import { keptFeedback } from "../../support/kept-feedback.ts";

const PEOPLE = ["anna", "ben", "cleo", "mallory"] as const;
const REPLIES = 12;
const PER_PERSON = 5;
const BURST = 30;
const TEN_MINUTES = 600_000;

type Said = Extract<FeedbackRecord, { kind: "rating" | "correction" }>;

interface Plain {
  readonly said: Said;
  readonly decision: Extract<FeedbackRecord, { kind: "decision" }> | undefined;
}

const ratingsOf = (all: readonly Plain[], reply: string, verdict: "good" | "bad") =>
  all.filter(
    ({ said }) => said.kind === "rating" && said.reply === reply && said.verdict === verdict,
  ).length;

/** Only the last word of each person on each reply, and the last decision on it. */
function plainItems(records: readonly FeedbackRecord[]): Plain[] {
  const isOver = (said: Said, index: number) =>
    records.slice(index + 1).some((later) => {
      const kind = later.kind === "retraction" ? "rating" : later.kind;
      return kind === said.kind && later.reply === said.reply && later.rater === said.rater;
    });
  return records.flatMap((said, index) => {
    if ((said.kind !== "rating" && said.kind !== "correction") || isOver(said, index)) return [];
    const decision = records.findLast(
      (record) => record.kind === "decision" && record.item === itemIdOf(said),
    );
    return { said, decision: decision?.kind === "decision" ? decision : undefined };
  });
}

function suspicionOf({ said }: Plain, all: readonly Plain[]): string | undefined {
  const times = all
    .filter((other) => other.said.rater === said.rater)
    .map((other) => other.said.at)
    .sort((one, other) => one - other);
  const isInBurst = times.some((start, index) => {
    const end = times[index + BURST - 1];
    return end !== undefined && end - start <= TEN_MINUTES && start <= said.at && said.at <= end;
  });
  if (isInBurst) return "30 or more in ten minutes";
  if (said.kind === "correction") {
    const same = all.filter(
      (other) =>
        other.said.kind === "correction" &&
        other.said.text.toLowerCase() === said.text.toLowerCase(),
    );
    const people = new Set(same.map((other) => other.said.rater)).size;
    return same.length - people >= 2 ? `the same answer ${same.length} times` : undefined;
  }
  const [good, bad] = [ratingsOf(all, said.reply, "good"), ratingsOf(all, said.reply, "bad")];
  return good > 0 && bad > 0 ? `raters disagree: ${good} good, ${bad} bad` : undefined;
}

function capOf(rater: string, all: readonly Plain[]): number {
  const decided = all.filter(({ said, decision }) => said.rater === rater && decision);
  const approved = decided.filter(({ decision }) => decision?.verdict === "approved").length;
  return Math.max(1, Math.round((PER_PERSON * (approved + 1)) / (decided.length + 1)));
}

function plainJudgements(records: readonly FeedbackRecord[]): string[] {
  const all = plainItems(records);
  const judgements = all.map((one) => {
    if (one.decision) return one.decision.verdict === "approved" ? "taken" : "dropped rejected";
    const suspicion = suspicionOf(one, all);
    if (suspicion !== undefined) return `held ${suspicion}`;
    return one.said.kind === "rating" ? "taken" : "waiting not reviewed";
  });
  const isEarlier = (index: number, before: number) =>
    before < index &&
    judgements[before] === "taken" &&
    all[before]?.said.kind === "rating" &&
    all[before].said.reply === all[index]?.said.reply;
  const withoutEchoes = judgements.map((judgement, index) => {
    const isEcho =
      judgement === "taken" &&
      all[index]?.said.kind === "rating" &&
      all.some((_, before) => isEarlier(index, before));
    return isEcho ? "dropped rated so already" : judgement;
  });
  return withoutEchoes.map((judgement, index) => {
    if (judgement !== "taken") return judgement;
    const rater = all[index]?.said.rater ?? "";
    const newer = withoutEchoes.filter(
      (other, place) => place > index && other === "taken" && all[place]?.said.rater === rater,
    ).length;
    const cap = capOf(rater, all);
    return newer < cap ? "taken" : `dropped more than ${cap} of one person`;
  });
}

const act = fc.record({
  person: fc.constantFrom(...PEOPLE),
  reply: fc.nat(REPLIES - 1),
  kind: fc.constantFrom("good", "bad", "bad", "correct", "correct", "retract", "decide"),
  text: fc.constantFrom("Buy gold", "BUY GOLD", "At seven", "At eight", "Who knows"),
  minutes: fc.constantFrom(0, 0, 0, 1, 200),
  verdict: fc.constantFrom("approved" as const, "rejected" as const),
  target: fc.nat(),
});

describe("screening", () => {
  it("says of every item what the obvious way says, and finds its words again", async () => {
    const histories = fc.array(act, { minLength: 100, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(histories, async (acts) => {
        const { agree, reply, give, records, source } = keptFeedback();
        await agree(...PEOPLE);
        const replies = await Promise.all(
          Array.from({ length: REPLIES }, (_, index) =>
            reply("anna", `question ${index}`, `answer ${index}`, `reply ${index}`),
          ),
        );
        let at = Date.UTC(2026, 0, 6);
        for (const { person, reply: number, kind, text, minutes, verdict, target } of acts) {
          at += minutes * 60_000 + 1;
          const on = replies[number];
          if (kind === "good" || kind === "bad") on?.rate(person, kind, at);
          if (kind === "correct") on?.correct(person, text, at);
          if (kind === "retract") on?.retract(person);
          if (kind !== "decide") continue;
          const decided = plainItems(records).at(target % (plainItems(records).length || 1))?.said;
          if (!decided) continue;
          const item = itemIdOf(decided);
          const common = { rater: decided.rater, reply: decided.reply, reviewer: "ada", at };
          give({ kind: "decision", item, verdict, ...common });
        }
        const gathered = await gatherFeedback(source);
        const judged = screen(gathered, { settings: source.settings, perPerson: PER_PERSON });
        const expected = plainItems(records).map(({ said }) => said);
        expect([...gathered.items].map(({ id }) => id)).toEqual(expected.map(itemIdOf));
        expect(
          judged.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(" ")),
        ).toEqual(plainJudgements(records));
        const found = new Map<number, unknown>();
        const all = gathered.items.indicesOf(() => true);
        for await (const { index, item, context } of readAgain(source, gathered, all)) {
          found.set(index, [item, context.id]);
        }
        for (const [index, { v: _, context, ...said }] of expected.entries()) {
          expect(found.get(index)).toEqual([
            { ...said, id: itemIdOf(expected[index] as Said) },
            context,
          ]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
