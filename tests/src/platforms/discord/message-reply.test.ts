import { describe, expect, it } from "vitest";

import { bakery, buttonsOf, contentsOf, finishedReply } from "../../../support/discord/bot.ts";
import { channelPayload } from "../../../support/discord/payloads.ts";
import { gate } from "../../../support/scripted-engine.ts";

const EDIT = "PATCH /channels/:channel/messages/:message";
const SEND = "POST /channels/:channel/messages";
const POST = { method: "POST", path: /messages$/ };
const TYPING = "POST /channels/:channel/typing";

/** A bakery in which a reply stops after its first words until `go`. */
async function haltedBakery(first = "Rye", rest = " bread.") {
  const { opened, open } = gate<string>();
  const place = await bakery({ script: { reply: () => [first, opened] } });
  const { people, channel, ann, world, discord, until } = place;
  const question = people.say({
    channel,
    author: ann,
    content: `<@${world.bot.id}> What is best?`,
  });
  const shown = () => discord.botMessages(channel)[0];
  return { ...place, question, go: () => open(rest), shown: () => until(shown) };
}

describe("a reply", () => {
  it("gives a first sign within two and a half seconds, and types until the end", async () => {
    const { opened, open } = gate<string>();
    const { people, channel, ann, world, discord, clock, until } = await bakery({
      script: { reply: () => [opened] },
    });

    const question = people.say({ channel, author: ann, content: `<@${world.bot.id}> Well?` });
    const sign = await until(() => discord.botMessages(channel)[0]);
    await until(() => discord.requests.filter(({ route }) => route === TYPING).length >= 3);
    const longAfter = clock.now();
    open("Well.");
    await until(() => finishedReply(discord, channel));

    const asked = Date.parse(question.data.timestamp);
    const typed = discord.requests.filter(({ route }) => route === TYPING).map(({ at }) => at);
    expect((sign.versions[0]?.at ?? Infinity) - asked).toBeLessThan(2500);
    expect(typed[0]).toBeLessThan(asked + 2500);
    expect(longAfter - asked).toBeGreaterThan(16_000);
    expect(sign.versions[0]?.content).toBe("-# 💭 thinking…");
    expect(sign.data.content).toMatch(/^Well\./);
  });

  it("is edited as it grows, never faster than the pace, and ends with what was written", async () => {
    const gates = Array.from({ length: 6 }, () => gate<string>());
    const { people, channel, ann, world, discord, until } = await bakery({
      script: { reply: () => ["0", ...gates.map(({ opened }) => opened)] },
    });

    people.say({ channel, author: ann, content: `<@${world.bot.id}> Count.` });
    const message = await until(() => discord.botMessages(channel)[0]);
    for (const [index, { open }] of gates.entries()) {
      open(` ${index + 1}`);
      await until(() => message.data.content.includes(` ${index + 1}`));
    }
    await until(() => finishedReply(discord, channel));

    const edits = discord.requests.filter(({ route }) => route === EDIT).map(({ at }) => at);
    const gaps = edits.slice(1, -1).map((at, index) => at - (edits[index] ?? 0));
    expect(message.data.content).toMatch(/^0 1 2 3 4 5 6/);
    expect(edits.length).toBeGreaterThan(4);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1200);
  });

  it("has a stop button while it is written, and then the others", async () => {
    const { shown, go, until, discord, channel } = await haltedBakery();

    const message = await shown();
    const whileWriting = buttonsOf(message);
    go();
    await until(() => finishedReply(discord, channel));

    expect([whileWriting, buttonsOf(message)]).toEqual(["⏹", "👍👎✏️🔁🗑"]);
  });

  it("of many words is several messages, with fences whole and the buttons at the end", async () => {
    const code = `\`\`\`ts\n${"const loaf = bake(flour, water);\n".repeat(70)}\`\`\``;
    const { ask, discord, channel } = await bakery({ script: { reply: () => ["Look:\n", code] } });

    await ask("code?");

    const [first, second, ...others] = discord.botMessages(channel);
    expect(others).toEqual([]);
    expect(first?.data.content).toMatch(/^Look:\n```ts\n[\s\S]*\n```$/);
    expect(second?.data.content).toMatch(/^```ts\n[\s\S]*\n```\n-# /);
    expect([first, second].map((one) => one && buttonsOf(one))).toEqual(["", "👍👎✏️🔁🗑"]);
  });

  it("never cuts a character in two", async () => {
    const { ask, discord, channel } = await bakery({ script: { reply: () => ["👩‍👩‍👧".repeat(300)] } });

    await ask("family?");

    const written = contentsOf(discord.botMessages(channel))
      .join("")
      .replace(/\n-# .*$/s, "");
    expect(written).toBe("👩‍👩‍👧".repeat(300));
  });

  it("that nobody would scroll through is a file", async () => {
    const text = "All about rye. ".repeat(800).trim();
    const { ask, discord, channel } = await bakery({ script: { reply: () => [text] } });

    const last = await ask("everything?");

    const [file] = last.data.attachments;
    expect(discord.botMessages(channel)).toHaveLength(3);
    expect(last.data.content).toMatch(/-# The whole reply is in the file\./);
    expect(file?.filename).toBe("reply.md");
    expect(await (await fetch(file?.url ?? "")).text()).toBe(text);
  });

  it("that nobody would scroll through is messages all the same where no file may be attached", async () => {
    const text = "All about rye. ".repeat(800).trim();
    const { ask, discord, world, guild } = await bakery({ script: { reply: () => [text] } });
    const texts = world.channel(guild, "texts", { botMayNot: ["AttachFiles"] });
    discord.gateway.dispatch("CHANNEL_CREATE", channelPayload(texts, world), { guild });

    const last = await ask("everything?", texts);

    const written = contentsOf(discord.botMessages(texts))
      .join(" ")
      .replace(/\n-# .*$/s, "");
    expect(written).toBe(text);
    expect(buttonsOf(last)).toBe("👍👎✏️🔁🗑");
  });

  it("calls nobody, whatever the model writes", async () => {
    const { ask, ann, channel, discord } = await bakery({
      script: { reply: () => ["@everyone @here", ` <@${"1".repeat(18)}> <@&${"2".repeat(18)}>`] },
    });

    const { data } = await ask(`call <@${ann.id}>`);

    expect(data.content).not.toMatch(/@everyone|@here|<@/);
    expect(data).toMatchObject({ mentions: [], mention_roles: [], mention_everyone: false });
    for (const { body, route } of discord.requests.filter((one) =>
      /^(POST|PATCH).*messages/.test(one.route),
    )) {
      expect([route, body]).toMatchObject([
        route,
        { allowed_mentions: { parse: [], replied_user: false } },
      ]);
    }
    expect(channel.messages).toHaveLength(2);
  });

  it("that is silence leaves no message, only a sign that it was read", async () => {
    const { people, channel, ann, world, discord, until } = await bakery({
      script: { reply: () => [], finishReason: "silence" },
    });

    const question = people.say({ channel, author: ann, content: `<@${world.bot.id}> Hush.` });
    await until(() => question.data.reactions?.[0]);

    expect(question.data.reactions?.[0]?.emoji.name).toBe("👀");
    expect(discord.botMessages(channel)).toEqual([]);
  });
});

describe("whatever goes wrong,", () => {
  it("a lost answer doubles no message", async () => {
    const { ask, discord, channel } = await bakery();
    discord.faults.next({
      on: POST,
      status: 502,
      afterWrite: true,
      times: 6,
    });

    const last = await ask("once?");

    expect(discord.botMessages(channel)).toEqual([last]);
    expect(last.data.content).toMatch(/^Hello there\./);
  });

  it("a first sign whose answer got lost becomes the reply, once", async () => {
    const { discord, channel, go, until, repliesMade } = await haltedBakery();
    discord.faults.next({ on: POST, status: 502, afterWrite: true, times: 4 });
    await until(() => discord.botMessages(channel)[0]);

    go();
    await until(() => repliesMade() === 1);

    expect(contentsOf(discord.botMessages(channel))).toEqual([
      expect.stringMatching(/^Rye bread\./),
    ]);
  });

  it("a first sign whose answer got lost goes with its question", async () => {
    const { discord, channel, question, people, until, repliesMade } = await haltedBakery();
    discord.faults.next({ on: POST, status: 502, afterWrite: true, times: 4 });
    const sign = await until(() => discord.botMessages(channel)[0]);

    people.deleteMessage(question);
    await until(() => repliesMade() === 1);

    expect(sign.deleted).toBe(true);
    expect(discord.botMessages(channel)).toEqual([]);
  });

  it("a file is attached once, though the answer to that got lost", async () => {
    const long = "All about rye. ".repeat(800);
    const { discord, go, until, repliesMade, channel } = await haltedBakery(long, "The end.");
    await until(() => discord.botMessages(channel).length === 3);
    discord.faults.next({ on: { method: "PATCH" }, status: 502, afterWrite: true, times: 6 });

    go();
    await until(() => repliesMade() === 1);

    expect(discord.botMessages(channel).at(-1)?.data.attachments).toHaveLength(1);
  });

  it("a last edit that fails is made up for", async () => {
    const { go, shown, until, discord, channel } = await haltedBakery();
    const message = await shown();
    discord.faults.next({ on: { method: "PATCH" }, status: 503, times: 9 });

    go();
    await until(() => finishedReply(discord, channel));

    expect(message.data.content).toMatch(/^Rye bread\./);
  });

  it("a connection that breaks between two attempts is no second message either", async () => {
    const { ask, discord, channel, lines } = await bakery();
    discord.faults.next({ on: POST, afterWrite: true, times: 5 });

    await ask("once?");

    expect(discord.botMessages(channel)).toHaveLength(1);
    expect(lines.map(({ event }) => event)).not.toContain("reply lost");
  });

  it("one in twenty requests may fail: every question is answered once, and whole", async () => {
    const { ask, discord, channel } = await bakery({
      script: { reply: () => ["First. ", "Second. ", "Third."] },
    });
    discord.faults.failing(0.05, 5);

    for (let turn = 0; turn < 8; turn++) await ask(`question ${turn}`);

    const replies = discord.botMessages(channel);
    expect(replies).toHaveLength(8);
    for (const { data } of replies) expect(data.content).toMatch(/^First\. Second\. Third\./);
    expect(discord.requests.some(({ status }) => status === 502)).toBe(true);
  });

  it("429 is waited out", async () => {
    const { ask, discord, channel } = await bakery();
    discord.faults.next({
      on: POST,
      status: 429,
      retryAfter: 0.02,
    });

    await ask("patience?");

    const statuses = discord.requests
      .filter(({ route }) => route === SEND)
      .map(({ status }) => status);
    expect(statuses).toEqual([429, 200]);
    expect(discord.botMessages(channel)).toHaveLength(1);
  });

  it("a thread archived in the middle is opened again", async () => {
    const { opened, open } = gate<string>();
    const { people, channel, ann, world, discord, until } = await bakery({
      script: { reply: () => ["Rye", opened] },
    });
    const thread = people.startThread(
      people.say({ channel, author: ann, content: "Bread." }),
      ann,
      "bread",
    );
    people.say({ channel: thread, author: ann, content: `<@${world.bot.id}> Best?` });
    const message = await until(() => discord.botMessages(thread)[0]);

    thread.archived = true;
    open(" bread.");
    await until(() => finishedReply(discord, thread));

    expect(message.data.content).toMatch(/^Rye bread\./);
    expect(thread.archived).toBe(false);
  });

  it("a thread that is locked is no place to answer", async () => {
    const { people, channel, ann, world, discord, until, engine } = await bakery();
    const bread = people.say({ channel, author: ann, content: "Bread." });
    const thread = people.startThread(bread, ann, "bread");
    thread.archived = thread.locked = true;
    const update = channelPayload(thread, world);
    discord.gateway.dispatch("THREAD_UPDATE", update, { channel: thread });

    people.say({ channel: thread, author: ann, content: `<@${world.bot.id}> Best?` });
    const told = await until(() => discord.botMessages(world.directMessages(ann))[0]);

    expect(told.data.content).toMatch(/may not write in/);
    expect(engine.requests).toEqual([]);
  });

  it("a question deleted while it is answered takes its reply along", async () => {
    const { question, shown, people, until, discord, channel, lines } = await haltedBakery();
    await shown();

    people.deleteMessage(question);
    await until(() => discord.botMessages(channel).length === 0);
    await until(() => lines.some(({ event }) => event === "replied"));

    expect(lines.find(({ event }) => event === "replied")).toMatchObject({ outcome: "withdrawn" });
  });

  it("a question edited while it is answered is answered as it stands now", async () => {
    const { question, shown, people, until, engine, world, go, discord, channel } =
      await haltedBakery();
    const message = await shown();

    people.editMessage(question, `<@${world.bot.id}> What is worst?`);
    await until(() => engine.requests.length === 2);
    go();
    await until(() => finishedReply(discord, channel));

    expect(engine.requests[1]?.messages).toEqual([{ role: "user", content: "What is worst?" }]);
    expect(discord.botMessages(channel)).toEqual([message]);
  });

  it("a reply that a moderator deletes stays deleted", async () => {
    const { shown, people, until, go, discord, channel, lines } = await haltedBakery();

    people.deleteMessage(await shown());
    go();
    await until(() => lines.some(({ event }) => event === "replied"));

    expect(discord.botMessages(channel)).toEqual([]);
    expect(lines.map(({ event }) => event)).not.toContain("reply lost");
  });

  it("whoever asks where the bot may not write is told so directly, once", async () => {
    const { people, world, guild, ann, ben, discord, until, engine } = await bakery();
    const mute = world.channel(guild, "mute", { botMayNot: ["SendMessages"] });
    discord.gateway.dispatch("CHANNEL_CREATE", channelPayload(mute, world), { guild });

    people.say({ channel: mute, author: ann, content: `<@${world.bot.id}> Hello?` });
    people.say({ channel: mute, author: ann, content: `<@${world.bot.id}> Anybody?` });
    people.say({ channel: mute, author: ben, content: `<@${world.bot.id}> Hello?` });
    await until(() => discord.botMessages(world.directMessages(ben))[0]);

    expect(contentsOf(discord.botMessages(world.directMessages(ann)))).toEqual([
      expect.stringMatching(/may not write in/),
    ]);
    expect(engine.requests).toEqual([]);
  });
});

describe("odd messages:", () => {
  it.each([
    ["only an emoji", "🦊"],
    ["right to left", "هل لديكم خبز؟"],
    ["a custom emoji, read by its name", "<:rye:123456789012345678>", ":rye:"],
    ["a mention of somebody, read by name", "MENTION", "@Ben"],
  ])("%s", async (_, content, read = content) => {
    const { ask, engine, ben } = await bakery();

    await ask(content.replace("MENTION", `<@${ben.id}>`));

    expect(engine.requests[0]?.messages.at(-1)?.content).toBe(read);
  });

  it("only an attachment is told that it cannot be read, in small print", async () => {
    const { people, channel, ann, world, discord, until } = await bakery();
    const files = [{ name: "rye.png", type: "image/png", text: "png" }];

    people.say({ channel, author: ann, content: `<@${world.bot.id}>`, files });
    const told = await until(() => discord.botMessages(channel)[0]);

    expect(told.data.content).toMatch(/^-# I can only read text/);
  });
});
