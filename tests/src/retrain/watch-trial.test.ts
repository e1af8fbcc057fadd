import { describe, expect, it, onTestFinished } from "vitest";

import { Replies } from "../../../src/chat/replies.ts";
import { watchTrial } from "../../../src/retrain/watch-trial.ts";
import { memoryJournal, memorySegments, ratingsIn } from "../../support/chat/memory-stores.ts";
import { openBot } from "../../support/chat/open-bot.ts";
import { HALL, message, paperStage, person } from "../../support/chat/paper-stage.ts";
import {
  ADA,
  openDeployment,
  serveInTurn,
  writeModels,
} from "../../support/retrain/open-deployment.ts";

const PEOPLE = Array.from({ length: 30 }, (_, index) => person(`p${index}`));
const TRIAL = { name: "new", share: 50, by: ADA };

/** A bot whose champion is `old`, with `new` on trial; what `new` says is the test's. */
async function trial(sayNew: () => string[] = () => ["I am new."]) {
  const root = await writeModels("new", "old");
  const opened = await openDeployment({ root, scripts: { new: { reply: () => sayNew() } } });
  await serveInTurn(opened, root, "old");
  const { deployment: models, registry, shadow, clock, log } = opened;
  const heard = {
    replies: await Replies.open(memoryJournal()),
    ratings: await ratingsIn(memorySegments(), log),
  };
  const chat = await openBot({}, { ...heard, models, engine: models.start(), clock });
  await models.promote(TRIAL);
  const leaving = new AbortController();
  const watched = watchTrial({ models, registry, shadow, heard, clock, log }, leaving.signal);
  onTestFinished(async () => {
    leaving.abort();
    await watched;
  });
  const everybodyAsks = async () => {
    const asked = PEOPLE.map((author, index) => {
      const stage = paperStage(clock);
      const place = { ...HALL, channel: `room ${index}` };
      void chat.bot.hear(message("Hello", { author, place, at: clock.now() }), stage);
      return { author, stage };
    });
    await clock.advance(5000);
    return asked.map(({ author, stage }) => ({ author, reply: stage.reply }));
  };
  /** The next look is over once the change that is asked for after it is refused. */
  const look = async () => {
    await clock.advance(30_000);
    await expect(models.promote({ ...TRIAL, name: "old" })).rejects.toThrow("answers already");
  };
  return { ...opened, bot: chat.bot, models, everybodyAsks, look };
}

describe("a canary on trial", () => {
  it("stays where people like both models", async () => {
    const { everybodyAsks, bot, look, registry } = await trial();
    for (const { author, reply } of await everybodyAsks()) {
      await bot.rate(reply.id, author, "good");
    }
    await look();
    expect(registry.trial?.name).toBe("new");
  });

  it("is taken back by itself where its replies fail, with a word in the log", async () => {
    let isBroken = false;
    const { everybodyAsks, look, registry, lines } = await trial(() => {
      if (isBroken) throw new Error("the weights are mush");
      return ["I am new."];
    });
    isBroken = true;
    const asked = await everybodyAsks();
    expect(new Set(asked.map(({ reply }) => reply.end?.outcome))).toEqual(
      new Set(["finished", "failed"]),
    );
    await look();
    expect(registry.trial).toBeUndefined();
    expect(registry.find("new")?.retired).toMatch(/^failed replies: \d+ of \d+, the champion 0 of/);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "warn", event: "trial taken back", name: "new" }),
    );
    const again = await everybodyAsks();
    expect(again.every(({ reply }) => reply.end?.text === "I am old.")).toBe(true);
  });

  it("is taken back where it is rated down more often than the champion", async () => {
    const { everybodyAsks, bot, look, registry } = await trial();
    for (let round = 0; round < 3; round++) {
      for (const { author, reply } of await everybodyAsks()) {
        await bot.rate(reply.id, author, reply.end?.text === "I am new." ? "bad" : "good");
      }
    }
    await look();
    expect(registry.find("new")?.retired).toContain("thumbs down");
  });

  it("is let alone where an admin has decided meanwhile", async () => {
    const { models, registry } = await trial();
    await models.promote({ ...TRIAL, share: 100 });
    expect(await models.takeBack("new", "too late")).toBe(false);
    expect(registry.champions[0]?.name).toBe("new");
  });
});
