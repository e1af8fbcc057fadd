import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { UnreachableError, type Place } from "../../../src/chat/platform.ts";
import type { ReplyRecord } from "../../../src/chat/replies.ts";
import { writeLineage } from "../../../src/core/experiment/lineage.ts";
import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { exportFeedback } from "../../../src/feedback/export.ts";
import { itemIdOf } from "../../../src/feedback/record.ts";
import { Announcer } from "../../../src/retrain/announcer.ts";
import { Thanks, type Told } from "../../../src/retrain/thanks.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { memoryCards } from "../../support/chat/memory-cards.ts";
import { memoryDocument } from "../../support/chat/memory-stores.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { writeExampleModel } from "../../support/example-model.ts";
import { keptFeedback } from "../../support/kept-feedback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const HALL: Place = { platform: "discord", community: "guild", channel: "hall", isDirect: false };
const YARD: Place = { ...HALL, channel: "yard" };

/** Feedback of a bot, what was learnt from it, and a place for what people are told. */
async function desk() {
  const kept = keptFeedback();
  await kept.agree("anna", "ben");
  kept.set({ review: false });
  const places = new Map<string, Partial<ReplyRecord>>();
  const cards = memoryCards();
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const told = memoryDocument<Told>({ corrections: [] });
  const announcer = new Announcer({ cards, clock, log });
  const thanks = new Thanks({
    feedback: () => kept.source,
    replies: { get: (id) => places.get(id) as ReplyRecord | undefined }, // of which only these are read
    told,
    announcer,
    clock,
    log,
  });
  const weightsOf = async (name: string) => {
    const { files } = await readRunRecord(join(root, name));
    return files["model.safetensors"]?.sha256 ?? "";
  };
  let corrected = 0;
  /** Somebody asks, and somebody else says what would have been better. */
  const correct = async (rater: string, place: Place, { asker = "anna" } = {}) => {
    const number = ++corrected;
    const reply = await kept.reply(asker, `Question ${number}`, "Well", `learnt ${number}`);
    places.set(reply.id, { place, asker });
    reply.correct(rater, `Answer ${number}`);
    return reply;
  };
  const root = temporaryFolder();
  /** A version that was taught all there is now, or nothing and came from another one. */
  const version = async (name: string, from?: string) => {
    const folder = join(root, name);
    const base = from === undefined ? undefined : { name: from, sha256: await weightsOf(from) };
    await writeExampleModel(folder, { name, base });
    const out = join(folder, "rows");
    const options = { folder: out, licence: "ours", perPerson: 100, since: 0, now: clock.now() };
    await exportFeedback(kept.source, options);
    const rows = readFileSync(join(out, "pairs.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { sha256: string }).sha256);
    const learnt = from === undefined ? { authors: ["ben"], rows } : { authors: [], rows: [] };
    await writeLineage(folder, { ...learnt, base: from ?? null });
    return { name, folder, manifest: "", at: 0, from: "a test" };
  };
  return { ...kept, thanks, correct, version, cards, clock, told, lines };
}

describe("people whose better answers a champion learnt from", () => {
  it("are told once, where they gave them, how many they were; nobody is named or quoted", async () => {
    const { thanks, correct, version, cards } = await desk();
    await correct("ben", HALL);
    await correct("anna", HALL);
    await correct("ben", YARD);
    await thanks.giveFor(await version("v12"));
    expect(cards.shown.map(({ place, card }) => ({ place, text: card.text }))).toEqual([
      {
        place: HALL,
        text: "What was corrected here is part of **v12** from today: 2 corrections. Thank you!",
      },
      {
        place: YARD,
        text: "What was corrected here is part of **v12** from today: 1 correction. Thank you!",
      },
    ]);
  });

  it("are not told again of the same ones by a later version, only of new ones", async () => {
    const { thanks, correct, version, cards } = await desk();
    await correct("ben", HALL);
    const v12 = await version("v12");
    await thanks.giveFor(v12);
    await thanks.giveFor(v12);
    await correct("ben", YARD);
    await thanks.giveFor(await version("v13"));
    expect(cards.shown.map(({ place }) => place.channel)).toEqual(["hall", "yard"]);
  });

  it("are told of what a version learnt that never served, and from which the champion came", async () => {
    const { thanks, correct, version, cards } = await desk();
    await correct("ben", HALL);
    await version("v12");
    await thanks.giveFor(await version("v13", "v12"));
    expect(cards.shown[0]?.card.text).toContain("part of **v13** from today: 1 correction.");
  });

  it("are told of what a reviewer made of it too", async () => {
    const { thanks, correct, version, cards, records, give, set, now } = await desk();
    set({ review: true });
    await correct("ben", HALL);
    const [correction] = records;
    if (!correction) throw new Error("There is a correction.");
    give({
      kind: "decision",
      item: itemIdOf(correction),
      verdict: "approved",
      text: "A much better answer",
      reviewer: "rita",
      reply: correction.reply,
      rater: "ben",
      at: now(),
    });
    await thanks.giveFor(await version("v12"));
    expect(cards.shown).toHaveLength(1);
  });

  it("are left alone in the direct conversation of somebody else, where the bot was told to be quiet, and once forgotten", async () => {
    const { thanks, correct, version, cards, set, clock, forgotten, now } = await desk();
    const direct = (channel: string): Place => ({ platform: "slack", channel, isDirect: true });
    await correct("ben", direct("D-anna"));
    await correct("anna", direct("D-own"));
    await correct("ben", YARD);
    const v12 = await version("v12");
    set({ review: false, mutedChannels: { yard: clock.now() + 1000 } });
    await thanks.giveFor(v12);
    expect(cards.shown.map(({ place }) => place.channel)).toEqual(["D-own"]);
    await forgotten.add("ben", now());
    set({ review: false });
    await thanks.giveFor(v12);
    expect(cards.shown).toHaveLength(1);
  });

  it("are told in twenty places at most by one version, first where most was given", async () => {
    const { thanks, correct, version, cards } = await desk();
    for (let place = 0; place < 22; place++) {
      await correct("ben", { ...HALL, channel: `room ${place}` });
    }
    await correct("anna", { ...HALL, channel: "room 21" });
    const v12 = await version("v12");
    await thanks.giveFor(v12);
    expect(cards.shown).toHaveLength(20);
    expect(cards.shown[0]?.place.channel).toBe("room 21");
  });

  it("are told at the next occasion where the service was away", async () => {
    const { thanks, correct, version, cards, clock, told } = await desk();
    await correct("ben", HALL);
    const v12 = await version("v12");
    cards.allow = () => Promise.reject(new UnreachableError("Discord is away.", { hint: "" }));
    const giving = thanks.giveFor(v12);
    await expect.poll(() => told.value.corrections).toHaveLength(1);
    await clock.advance(61 * 60_000);
    await giving;
    expect(told.value.corrections).toEqual([]);
    cards.allow = () => Promise.resolve();
    await thanks.giveFor(v12);
    expect(cards.shown).toHaveLength(1);
  });

  it("are nobody where nothing is known of what a version learnt from", async () => {
    const { thanks, correct, version, cards, lines } = await desk();
    await correct("ben", HALL);
    const bare = await version("bare");
    rmSync(join(bare.folder, "lineage.json"));
    await thanks.giveFor(bare);
    writeFileSync(join(bare.folder, "lineage.json"), "{");
    await thanks.giveFor(bare);
    expect(cards.shown).toEqual([]);
    expect(lines).toMatchObject([{ level: "warn", event: "nobody thanked", name: "bare" }]);
  });
});
