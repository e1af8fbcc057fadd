import { describe, expect, it, onTestFinished } from "vitest";

import type { Answered } from "../../../src/chat/models.ts";
import { isInShare } from "../../../src/retrain/share.ts";
import { watchTrial } from "../../../src/retrain/watch-trial.ts";
import { Replies } from "../../../src/chat/replies.ts";
import { memoryJournal, memorySegments, ratingsIn } from "../../support/chat/memory-stores.ts";
import { settled } from "../../support/chat/manual-clock.ts";
import { openBot } from "../../support/chat/open-bot.ts";
import { message } from "../../support/chat/paper-stage.ts";
import {
  ADA,
  openDeployment,
  serveInTurn,
  textOf,
  writeModels,
  type Scripts,
} from "../../support/retrain/open-deployment.ts";
import { gate } from "../../support/scripted-engine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const SHADOW = { name: "new", share: 0, by: ADA };
const PAUSE = 5000;

/** Ids of replies that the shadow is asked beside. */
const sampled = Array.from({ length: 80 }, (_, index) => `reply ${index}`).filter((id) =>
  isInShare(id, "new", 50),
);

function answered(id: string, text = "I am old."): Answered {
  const request = { messages: [{ role: "user" as const, content: "Hi" }] };
  const figures = { tokens: 3, firstTokenMs: 10, tokensPerSecond: 100 };
  return { id, model: "old", request, text, hasFailed: false, ...figures };
}

/** The champion is `old`, and `new` its shadow. */
async function shaded(scripts: Scripts = {}, folder = temporaryFolder()) {
  const root = await writeModels("new", "old");
  const opened = await openDeployment({ root, scripts, folder });
  await serveInTurn(opened, root, "old");
  await opened.deployment.promote(SHADOW);
  const figures = () => opened.shadow.figuresOf(opened.registry.trial);
  const hear = async (reply: Answered) => {
    opened.deployment.answered(reply);
    await settled();
    await opened.clock.advance(PAUSE);
  };
  return { ...opened, root, folder, figures, hear };
}

describe("a shadow", () => {
  it("answers nobody, and is listed with how it fares", async () => {
    const { deployment, hear, loaded } = await shaded();
    expect(loaded).toEqual(["old", "new"]);
    for (const person of sampled) {
      expect(await textOf(await deployment.engineFor(person))).toBe("I am old.");
    }
    await hear(answered(sampled[0] ?? ""));
    expect((await deployment.list()).at(-1)).toMatchObject({
      name: "new",
      state: "shadow",
      share: undefined,
      figures: expect.stringMatching(/^beside 1 reply, 0 \(champion 0\) failed, .* 0 % word for/),
    });
  });

  it("counts failures, silence, circles and likeness of what it says, and keeps no word of it", async () => {
    const says = ["I am old.", "", "round and round it goes, round and round it goes", undefined];
    const reply = () => {
      const text = says.shift();
      if (text === undefined) throw new Error("the weights are mush");
      return [text];
    };
    const isProved = proved();
    const scripts = { new: { reply: () => (isProved() ? reply() : ["Hi"]) } };
    const { hear, figures, lines } = await shaded(scripts);
    for (const id of sampled.slice(0, 4)) await hear(answered(id));
    expect(figures()).toMatchObject({
      shadow: { replies: 4, failed: 1, empty: 1, repeating: 1 },
      champion: { replies: 4, failed: 0, empty: 0, repeating: 0, tokens: 12 },
      same: 1,
    });
    expect(JSON.stringify([figures(), lines])).not.toContain("round");
  });

  it("is asked beside a sample of the replies, and not more often than every few seconds", async () => {
    const { deployment, clock, hear, figures } = await shaded();
    for (const id of ["reply 0", "reply 1", "reply 2", "reply 3"]) await hear(answered(id));
    const heard = ["reply 0", "reply 1", "reply 2", "reply 3"].filter((id) => sampled.includes(id));
    expect(figures()?.shadow.replies ?? 0).toBe(heard.length);
    for (const id of sampled.slice(4, 8)) deployment.answered(answered(id));
    await clock.advance(PAUSE);
    expect(figures()?.shadow.replies).toBe(heard.length + 1);
  });

  it("makes way for whoever asks, and waits while somebody is answered", async () => {
    const slow = gate<string>();
    const isProved = proved();
    const reply = () => (isProved() ? ["I am ", slow.opened] : ["Hi"]);
    const { deployment, figures, hear } = await shaded({ new: { reply } });
    deployment.answered(answered(sampled[0] ?? ""));
    await settled();
    const person = await deployment.engineFor("anna");
    const reading = person.generate({ messages: [] })[Symbol.asyncIterator]();
    await reading.next();
    await settled();
    expect(figures()).toBeUndefined();
    await hear(answered(sampled[1] ?? ""));
    expect(figures()).toBeUndefined();
    await reading.return?.();
  });

  it("is there again after a restart, with its figures' trial", async () => {
    const first = await shaded();
    await first.close();
    const second = await openDeployment({ root: first.root, folder: first.folder });
    await second.deployment.start();
    await settled();
    expect(second.registry.trial).toMatchObject({ name: "new", share: 0 });
    expect((await second.deployment.list()).at(-1)?.state).toBe("shadow");
  });

  it("becomes a canary and champion without being loaded again, and people count from then on", async () => {
    const { deployment, registry, clock, loaded } = await shaded();
    const { since } = registry.trial ?? {};
    await clock.advance(1000);
    await deployment.promote({ ...SHADOW, share: 20 });
    expect(registry.trial?.since).toBe((since ?? 0) + 1000);
    await expect(deployment.promote(SHADOW)).rejects.toThrow("being tried by 20 %");
    await deployment.promote({ ...SHADOW, share: 100 });
    expect(loaded).toEqual(["new"]);
  });

  it("goes at a rollback", async () => {
    const { deployment, registry, loaded } = await shaded();
    expect(await deployment.rollback(ADA)).toEqual({ from: "new", to: "old" });
    expect(registry.trial).toBeUndefined();
    expect(loaded).toEqual(["old"]);
  });

  it("is taken back by itself where it is silent and the champion is not, and its place is told", async () => {
    const said: unknown[] = [];
    const root = await writeModels("new", "old");
    const isProved = proved();
    const opened = await openDeployment({
      root,
      scripts: { new: { reply: () => (isProved() ? [] : ["Hi"]) } },
      announce: (place, text) => said.push({ place, text }),
    });
    await serveInTurn(opened, root, "old");
    const { deployment: models, registry, shadow, clock, log } = opened;
    const place = { platform: "discord", channel: "ops", isDirect: false } as const;
    await models.promote({ ...SHADOW, place });
    const heard = {
      replies: await Replies.open(memoryJournal()),
      ratings: await ratingsIn(memorySegments(), log),
    };
    const leaving = new AbortController();
    const watched = watchTrial({ models, registry, shadow, heard, clock, log }, leaving.signal);
    onTestFinished(async () => {
      leaving.abort();
      await watched;
    });
    for (const id of sampled.slice(0, 30)) {
      models.answered(answered(id));
      await clock.advance(PAUSE);
    }
    // Changes come one after the other: after this one it is gone.
    await expect(models.promote({ ...SHADOW, name: "old" })).rejects.toThrow("answers already");
    expect(registry.trial).toBeUndefined();
    expect(said).toEqual([
      {
        place,
        text: expect.stringMatching(
          /^The shadow \*\*new\*\* was taken back by itself: empty replies: \d+ of \d+, the champion 0 of \d+\. \*\*old\*\* answers everybody\.$/,
        ),
      },
    ]);
  });

  it("hears what people asked and got from the bot, with the same words, length and luck", async () => {
    const asked: unknown[] = [];
    const reply = (request: unknown) => {
      asked.push(request);
      return ["I am new."];
    };
    const root = await writeModels("new", "old");
    const opened = await openDeployment({ root, scripts: { new: { reply } } });
    await serveInTurn(opened, root, "old");
    const { deployment: models, clock, figures } = opened;
    await models.promote(SHADOW);
    const chat = await openBot({}, { models, engine: models.start(), clock });
    for (let turn = 0; turn < 20; turn++) {
      await chat.say(message("What are you?", { at: clock.now() }));
      await clock.advance(PAUSE);
    }
    expect(figures.value.figures?.shadow.replies).toBe(asked.length - 1); // the first proved that it works
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.at(-1)).toMatchObject({
      messages: [{ role: "user", content: "What are you?" }],
      sampling: { seed: expect.any(Number) },
    });
  });
});

/** False for the first call: a model that is loaded says something first to prove that it works. */
function proved(): () => boolean {
  let calls = 0;
  return () => calls++ > 0;
}
