import { describe, expect, it } from "vitest";

import { UnreachableError } from "../../../src/chat/platform.ts";
import { HintedError } from "../../../src/core/errors.ts";
import { Announcer } from "../../../src/retrain/announcer.ts";
import { ManualClock, settled } from "../../support/chat/manual-clock.ts";
import { memoryCards } from "../../support/chat/memory-cards.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { HALL } from "../../support/chat/paper-stage.ts";

const MINUTE = 60_000;

function desk() {
  const cards = memoryCards();
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  return { cards, clock, lines, announcer: new Announcer({ cards, clock, log }) };
}

describe("what the bot announces", () => {
  it("stands where it was ordered, and nowhere if that is not known", async () => {
    const { cards, announcer } = desk();
    announcer.say(HALL, "It is done.");
    announcer.say(undefined, "Nobody hears this.");
    await announcer.close();
    expect(cards.shown).toMatchObject([{ place: HALL, card: { text: "It is done." } }]);
  });

  it("waits for a service that is away, for an hour", async () => {
    const { cards, clock, announcer } = desk();
    let isAway = true;
    cards.allow = async () => {
      if (isAway) throw new UnreachableError("Discord is away.", { hint: "Wait." });
    };
    const told = announcer.tell(HALL, "It is done.");
    await clock.advance(10 * MINUTE);
    isAway = false;
    await clock.advance(MINUTE);
    expect(await told).toBe(true);
    expect(cards.shown).toHaveLength(1);

    isAway = true;
    const lost = announcer.tell(HALL, "It is done.");
    await clock.advance(61 * MINUTE);
    expect(await lost).toBe(false);
  });

  it("is given up where it cannot be shown, with a line in the log", async () => {
    const { cards, lines, announcer } = desk();
    cards.allow = () => Promise.reject(new HintedError("The channel is gone.", { hint: "" }));
    expect(await announcer.tell(HALL, "It is done.")).toBe(false);
    expect(lines).toMatchObject([{ event: "not announced", reason: "The channel is gone." }]);
    const terminal = { platform: "terminal", channel: "terminal", isDirect: true } as const;
    expect(await announcer.tell(terminal, "It is done.")).toBe(false);
  });

  it("keeps nobody waiting who closes the bot", async () => {
    const { cards, announcer } = desk();
    cards.allow = () => Promise.reject(new UnreachableError("Slack is away.", { hint: "" }));
    announcer.say(HALL, "It is done.");
    await settled();
    await announcer.close();
    expect(cards.shown).toEqual([]);
  });
});
