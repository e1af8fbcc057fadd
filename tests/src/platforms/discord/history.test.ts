import { describe, expect, it } from "vitest";

import { bakery, finishedReply } from "../../../support/discord/bot.ts";
import { gate } from "../../../support/scripted-engine.ts";

type Bakery = Awaited<ReturnType<typeof bakery>>;

/** What the model read the last time, without roles. */
function readIn({ engine }: Bakery): (string | undefined)[] | undefined {
  return engine.requests.at(-1)?.messages.map(({ content }) => content);
}

describe("what was said before", () => {
  it("is the channel, with who said what, without the bot's remarks", async () => {
    const place = await bakery();
    const { people, channel, world, ann, ben, ask, engine, until, discord } = place;
    people.say({ channel, author: ann, content: "I bake." });
    people.say({ channel, author: ben, content: "I eat." });
    await ask("who am I?");
    people.say({ channel, author: ben, content: `<@${world.bot.id}>` });
    await until(() => discord.botMessages(channel)[1]?.data.content.includes("I am here"));

    await ask("and who is he?");

    expect(engine.requests.at(-1)?.messages).toEqual([
      { role: "user", content: "I bake." },
      { role: "user", content: "I eat." },
      { role: "user", content: "who am I?" },
      { role: "assistant", content: "Hello there." },
      { role: "user", content: "and who is he?" },
    ]);
  });

  it("is the chain of replies, whatever else the channel talks about", async () => {
    const place = await bakery();
    const { people, channel, ann, ben, ask, until, discord } = place;
    const first = await ask("rye?");
    people.say({ channel, author: ben, content: "Weather!" });

    people.say({ channel, author: ann, content: "And wheat?", replyTo: first });
    const second = await until(() => finishedReply(discord, channel, new Set([first])));
    people.say({ channel, author: ann, content: "And oats?", replyTo: second });
    await until(() => finishedReply(discord, channel, new Set([first, second])));

    expect(readIn(place)).toEqual([
      "rye?",
      "Hello there.",
      "And wheat?",
      "Hello there.",
      "And oats?",
    ]);
  });

  it("is that chain though its beginning is far away", async () => {
    const place = await bakery();
    const { people, channel, ann, ben, ask, until, discord } = place;
    const first = await ask("rye?");
    for (let line = 0; line < 105; line++) {
      people.say({ channel, author: ben, content: `line ${line}` });
    }

    people.say({ channel, author: ann, content: "And wheat?", replyTo: first });
    await until(() => finishedReply(discord, channel, new Set([first])));

    expect(readIn(place)).toEqual(["rye?", "Hello there.", "And wheat?"]);
  });

  it("branches: a reply to an older message does not read what came after it", async () => {
    const place = await bakery();
    const { people, channel, ann, ask, until, discord } = place;
    const first = await ask("rye?");
    const second = await ask("wheat?");

    people.say({ channel, author: ann, content: "why?", replyTo: first });
    await until(() => finishedReply(discord, channel, new Set([first, second])));

    expect(readIn(place)).toEqual(["rye?", "Hello there.", "why?"]);
  });

  it("has a reply in several messages whole, whichever of them is answered", async () => {
    const long = Array.from({ length: 300 }, (_, index) => `Loaf ${index}.`).join(" ");
    const place = await bakery({ script: { reply: () => [long] } });
    const { people, channel, ann, ask, until, discord } = place;
    const last = await ask("all?");

    people.say({ channel, author: ann, content: "more?", replyTo: last });
    const before = new Set(discord.botMessages(channel));
    await until(() => finishedReply(discord, channel, before));

    const [question, ...parts] = readIn(place) ?? [];
    expect([question, parts.at(-1)]).toEqual(["all?", "more?"]);
    expect(parts.slice(0, -1).join(" ")).toBe(long);
  });

  it("ends where a message of the chain was deleted", async () => {
    const place = await bakery();
    const { people, channel, ann, ask, until, discord } = place;
    const first = await ask("rye?");
    const [question] = channel.messages;
    if (question) people.deleteMessage(question);

    people.say({ channel, author: ann, content: "why?", replyTo: first });
    await until(() => finishedReply(discord, channel, new Set([first])));

    expect(readIn(place)).toEqual(["Hello there.", "why?"]);
  });

  it("of a question that is answered again stands before it, however much came after", async () => {
    const place = await bakery();
    const { people, channel, ann, ben, ask, until, engine } = place;
    people.say({ channel, author: ann, content: "I bake." });
    const reply = await ask("who am I?");
    for (let line = 0; line < 45; line++) {
      people.say({ channel, author: ben, content: `line ${line}` });
    }

    people.press(reply, ann, "🔁");
    await until(() => engine.requests.length === 2);

    expect(readIn(place)).toEqual(["I bake.", "who am I?"]);
  });

  it("that cannot be read is said so under the reply", async () => {
    const { ask, discord } = await bakery();
    discord.faults.next({ on: { method: "GET", path: /messages$/ }, status: 403 });

    const reply = await ask("what did I say?");

    expect(reply.data.content).toMatch(/-# I could not look up what was said before\./);
  });

  it("is left alone once the question is withdrawn", async () => {
    const place = await bakery();
    const { people, channel, ann, world, discord, until, repliesMade, engine } = place;
    const { opened, open } = gate();
    discord.faults.next({ on: { method: "GET", path: /messages$/ }, hold: opened });
    const question = people.say({ channel, author: ann, content: `<@${world.bot.id}> Hm?` });
    await until(() => discord.requests.find(({ route }) => route === READ));

    people.deleteMessage(question);
    await until(() => discord.requests.find(({ route }) => route === READ));
    open();
    await until(() => repliesMade() === 1);

    expect(engine.requests).toEqual([]);
  });
});

const READ = "GET /channels/:channel/messages";
