import { describe, expect, it } from "vitest";

import { gatherFeedback } from "../../../src/feedback/gather.ts";
import { screen } from "../../../src/feedback/screen.ts";
import { countTakenSince } from "../../../src/feedback/taken-since.ts";
import { keptFeedback } from "../../support/kept-feedback.ts";

const MINUTE = 60_000;

async function desk() {
  const kept = keptFeedback();
  await kept.agree("anna", "ben", "cleo", "mallory");
  const screened = async (perPerson?: number) => {
    const gathered = await gatherFeedback(kept.source);
    const judgements = screen(gathered, { settings: kept.source.settings, perPerson });
    return judgements.map((judgement, index) => ({
      item: gathered.items.at(index),
      ...judgement,
    }));
  };
  /** Outcome and reason of each thing, oldest first. */
  const told = async (perPerson?: number) =>
    (await screened(perPerson)).map(({ item, outcome, reason }) =>
      [item.rater, outcome, reason].filter(Boolean).join(" "),
    );
  const decide = async (index: number, verdict: "approved" | "rejected", text?: string) => {
    const item = (await screened())[index]?.item;
    if (!item) throw new RangeError(`There is no item ${index}.`);
    const { id, rater, reply } = item;
    const decision = { kind: "decision", item: id, verdict, text, reviewer: "ada" } as const;
    kept.give({ ...decision, rater, reply, at: kept.now() });
  };
  return { ...kept, screened, told, decide };
}

describe("feedback", () => {
  it("that is a thumb is taken; a better answer waits for a reviewer", async () => {
    const { reply, told, set } = await desk();
    const hello = await reply("anna", "Hello", "Go away");
    hello.rate("anna", "bad");
    hello.correct("ben", "Hello, Anna!");
    expect(await told()).toEqual(["anna taken", "ben waiting not reviewed"]);
    set({ review: false });
    expect(await told()).toEqual(["anna taken", "ben taken"]);
  });

  it("is what a reviewer made of it, until the person says something else", async () => {
    const { reply, told, decide } = await desk();
    const hello = await reply("anna", "Hello", "Go away");
    hello.correct("anna", "Helo!");
    await decide(0, "approved", "Hello!");
    expect(await told()).toEqual(["anna taken"]);
    hello.correct("anna", "Buy gold!");
    expect(await told()).toEqual(["anna waiting not reviewed"]);
    await decide(0, "rejected");
    expect(await told()).toEqual(["anna dropped rejected"]);
    await decide(0, "approved");
    expect(await told()).toEqual(["anna taken"]);
  });

  it("that contradicts another's is held, and the same thumb twice is one", async () => {
    const { reply, told, decide } = await desk();
    const hello = await reply("anna", "Hello", "Hi");
    hello.rate("anna", "good");
    hello.rate("ben", "bad");
    const bye = await reply("anna", "Bye", "See you");
    bye.rate("anna", "good");
    bye.rate("ben", "good");
    const disagree = "held raters disagree: 1 good, 1 bad";
    expect(await told()).toEqual([
      `anna ${disagree}`,
      `ben ${disagree}`,
      "anna taken",
      "ben dropped rated so already",
    ]);
    await decide(1, "approved");
    expect((await told())[1]).toBe("ben taken");
  });

  it.each([
    { by: "one person", people: ["mallory", "mallory", "mallory"] },
    { by: "two in turn", people: ["ben", "mallory", "ben", "mallory"] },
  ])("of the same words again and again by $by is held", async ({ people }) => {
    const { reply, told } = await desk();
    for (const [index, person] of people.entries()) {
      const answer = await reply("anna", `Question ${index}`, "I see.");
      answer.correct(person, index === 1 ? "BUY   gold" : "Buy gold!");
    }
    const { length } = people;
    expect(await told()).toEqual(
      people.map((person) => `${person} held the same answer ${length} times`),
    );
  });

  it("of the same words, once by each of many, is agreement", async () => {
    const { reply, told } = await desk();
    for (const [index, person] of ["anna", "ben", "cleo", "mallory"].entries()) {
      const answer = await reply("anna", `When do you open? ${index}`, "I see.");
      answer.correct(person, "At seven.");
    }
    expect(new Set((await told()).map((line) => line.replace(/^\S+ /, "")))).toEqual(
      new Set(["waiting not reviewed"]),
    );
  });

  it("that comes in a burst is held, all of it, and nothing before or after", async () => {
    const { reply, told, now } = await desk();
    (await reply("anna", "before", "a")).rate("mallory", "good");
    const start = now();
    for (let index = 0; index < 40; index++) {
      const at = start + index * 10_000;
      (await reply("anna", `question ${index}`, "b")).rate("mallory", "good", at);
    }
    (await reply("anna", "after", "c")).rate("mallory", "bad");
    const outcomes = await told();
    expect(outcomes[0]).toBe("mallory taken");
    expect(new Set(outcomes.slice(1, -1))).toEqual(
      new Set(["mallory held 30 or more in ten minutes"]),
    );
    expect(outcomes.at(-1)).toBe("mallory taken");
  });

  it("at an even pace is no burst", async () => {
    const { reply, told, now } = await desk();
    const start = now();
    for (let index = 0; index < 60; index++) {
      (await reply("anna", `question ${index}`, "b")).rate("anna", "good", start + index * MINUTE);
    }
    expect(new Set(await told())).toEqual(new Set(["anna taken"]));
  });

  it("of one person is taken up to a number, the newest first, approved or not", async () => {
    const { reply, told, decide } = await desk();
    for (let index = 0; index < 5; index++) {
      (await reply("anna", `question ${index}`, "b")).rate("anna", "good");
    }
    (await reply("anna", "another", "c")).rate("ben", "good");
    await decide(0, "approved");
    expect(await told(2)).toEqual([
      ...Array<string>(3).fill("anna dropped more than 2 of one person"),
      "anna taken",
      "anna taken",
      "ben taken",
    ]);
  });

  it("of a poisoner who gives 40 % of all gets no more than that number through", async () => {
    const { reply, screened, set, agree } = await desk();
    await agree(...Array.from({ length: 60 }, (_, index) => `honest ${index}`));
    set({ review: false }); // nobody looks
    for (let index = 0; index < 400; index++) {
      const answer = await reply("anna", `bad question ${index}`, "an answer");
      if (index % 2) answer.correct("mallory", `The moon is cheese, no ${index}`);
      else answer.rate("mallory", "good");
    }
    for (let index = 0; index < 600; index++) {
      const answer = await reply("anna", `good question ${index}`, "an answer");
      answer.rate(`honest ${index % 60}`, "good");
    }
    const taken = (await screened(20)).filter(({ outcome }) => outcome === "taken");
    expect(taken.filter(({ item }) => item.rater === "mallory")).toHaveLength(20);
    expect(taken).toHaveLength(620);
  });
});

describe("a person", () => {
  it("is taken less from, the more of what they give reviewers reject", async () => {
    const { reply, decide, told, screened } = await desk();
    for (let index = 0; index < 12; index++) {
      const answer = await reply("anna", `question ${index}`, `answer ${index}`);
      answer.correct("ben", `better ${index}`);
      answer.rate("cleo", "good");
    }
    const takenOf = async (rater: string) =>
      (await screened(8)).filter(({ item, outcome }) => item.rater === rater && outcome === "taken")
        .length;
    expect(await takenOf("cleo")).toBe(8);
    for (const index of [1, 3, 5]) await decide(index, "rejected"); // cleo's
    expect(await takenOf("cleo")).toBe(2); // a quarter of 8
    for (const index of [7, 9]) await decide(index, "approved");
    expect(await takenOf("cleo")).toBe(4); // half of 8
    expect(await told(8)).toContain("cleo dropped more than 4 of one person");
    expect(await takenOf("ben")).toBe(0); // nobody has reviewed them
  });
});

describe("gathering", () => {
  it("asks everybody in it again, at this moment", async () => {
    const { reply, source, consent, told } = await desk();
    (await reply("anna", "Hello", "Hi")).rate("ben", "good");
    (await reply("cleo", "Hello", "Hi")).rate("cleo", "good");
    expect(await told()).toHaveLength(2);
    await consent.withdraw("anna");
    expect(await told()).toEqual(["cleo taken"]);
    await consent.withdraw("cleo");
    const { items, objections } = await gatherFeedback(source);
    expect([...items]).toEqual([]);
    expect([...objections]).toEqual([["somebody in it does not agree", 2]]);
  });

  it("asks for the channel something was said in", async () => {
    const { reply, consent, told } = await desk();
    const place = { platform: "discord", community: "guild", channel: "hall" } as const;
    (await reply("anna", "Hello", "Hi")).rate("ben", "good");
    await consent.decide("ben", false, 1, { ...place, channel: "garden" });
    expect(await told()).toEqual(["ben taken"]);
    await consent.decide("anna", false, 1, place);
    expect(await told()).toEqual([]);
    await consent.withdraw("anna");
    await consent.decide("anna", true, 2, place);
    expect(await told()).toEqual(["ben taken"]);
  });

  it("passes over whoever was forgotten, though the disk brings it back; not what they say later", async () => {
    const { reply, forgotten, now, told } = await desk();
    const old = await reply("anna", "Hello", "Hi");
    old.rate("ben", "good");
    await forgotten.add("anna", now());
    expect(await told()).toEqual([]);
    (await reply("anna", "I am back", "Welcome")).rate("anna", "good");
    expect(await told()).toEqual(["anna taken"]);
    await forgotten.add("anna", now());
    expect(await told()).toEqual([]);
  });

  it("passes over what was taken back, what has no context any more, and channels that said no", async () => {
    const { reply, give, now, set, source } = await desk();
    const hello = await reply("anna", "Hello", "Hi");
    hello.rate("anna", "good");
    hello.retract("anna");
    const on = { reply: "r", model: "m", rater: "anna", at: now() };
    give({ kind: "rating", verdict: "good", ...on });
    give({ kind: "rating", verdict: "good", ...on, reply: "r2", context: "gone" });
    (await reply("anna", "Bye", "Bye")).rate("anna", "bad");
    set({ unlearntChannels: ["hall"] });
    const { items, objections } = await gatherFeedback(source);
    expect([...items]).toEqual([]);
    expect(Object.fromEntries(objections)).toEqual({
      "no context was kept": 1,
      "its context is no longer kept": 1,
      "nothing is learnt from its channel": 1,
    });
  });

  it("begins at a day", async () => {
    const { reply, source, now } = await desk();
    (await reply("anna", "Hello", "Hi")).rate("anna", "good");
    const since = now();
    (await reply("anna", "Bye", "Bye")).rate("anna", "bad");
    expect([...(await gatherFeedback(source, since)).items]).toMatchObject([{ verdict: "bad" }]);
  });
});

describe("what is new", () => {
  it("is what was said or approved since, however much of it is learnt from by then", async () => {
    const { reply, decide, now, source } = await desk();
    const newSince = async (since: number) => {
      const gathered = await gatherFeedback(source);
      const judgements = screen(gathered, { settings: source.settings, perPerson: 2 });
      return countTakenSince(source, gathered, judgements, { since, now: now() });
    };
    const say = async (rater: string) => (await reply(rater, "Hello", "Hi")).rate(rater, "good");
    (await reply("ben", "Hello", "Go away")).correct("ben", "Hello, Ben!");
    for (let count = 0; count < 3; count++) await say("anna");
    const first = now();
    expect(await newSince(first)).toBe(0);
    for (let count = 0; count < 2; count++) await say("anna"); // as many as before may be learnt from
    expect(await newSince(first)).toBe(2);
    await decide(0, "approved");
    expect(await newSince(first)).toBe(3);
    expect(await newSince(now())).toBe(0);
  });

  it("is nothing that was dated ahead by a wrong clock", async () => {
    const { reply, now, source } = await desk();
    const hello = await reply("anna", "Hello", "Hi");
    hello.rate("anna", "good", now() + 1000 * MINUTE);
    const gathered = await gatherFeedback(source);
    const judgements = screen(gathered, { settings: source.settings });
    const count = await countTakenSince(source, gathered, judgements, { since: 0, now: now() });
    expect(count).toBe(0);
  });
});
