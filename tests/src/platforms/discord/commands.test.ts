import { MessageFlags } from "discord.js";
import { describe, expect, it } from "vitest";

import { toSlashCommand } from "../../../../src/platforms/discord/commands.ts";
import { bakery, contentsOf, finishedReply } from "../../../support/discord/bot.ts";
import type { Interaction } from "../../../support/discord/interactions.ts";
import { channelPayload, guildPayload } from "../../../support/discord/payloads.ts";
import { gate } from "../../../support/scripted-engine.ts";

type Bakery = Awaited<ReturnType<typeof bakery>>;

function answerTo({ until }: Pick<Bakery, "until">, interaction: Interaction): Promise<string> {
  return until(() => interaction.replies.at(-1)?.data.content || undefined);
}

describe("slash commands", () => {
  it("are declared, each where it makes sense, and for all: who may give them the bot knows", async () => {
    const { world, bot } = await bakery();
    const declared = new Map(world.commands.map((command) => [command.name, command]));

    for (const { name, needsCommunity } of bot.commands) {
      expect(declared.get(name)?.contexts).toEqual(needsCommunity ? [0] : [0, 1]);
      expect(declared.get(name)?.default_member_permissions).toBeNull();
    }
    expect(declared.get("permissions")?.contexts).toEqual([0]);
    expect(declared.size).toBe(bot.commands.length + 3);
  });

  it("name what is required first, as Discord wants it", () => {
    const slash = toSlashCommand({
      name: "order",
      summary: "Order bread",
      audience: "everyone",
      isPrivate: true,
      options: [
        { name: "note", description: "a wish", type: "text" },
        { name: "loaves", description: "how many", type: "integer", isRequired: true, min: 1 },
        { name: "sliced", description: "in slices", type: "switch", isRequired: true },
      ],
    }).toJSON();

    expect(slash.options?.map(({ name }) => name)).toEqual(["loaves", "sliced", "note"]);
  });

  it("are answered for whoever gave them", async () => {
    const place = await bakery();
    const { people, channel, ann, discord } = place;

    const command = people.slash("privacy", { channel, user: ann });

    expect(await answerTo(place, command)).toMatch(/What I keep/);
    expect((command.replies[0]?.data.flags ?? 0) & MessageFlags.Ephemeral).toBeTruthy();
    expect(discord.botMessages(channel)).toEqual([]);
  });

  it("are acknowledged before anything else is asked of Discord", async () => {
    const place = await bakery();
    const { people, channel, ann, discord } = place;
    const before = discord.requests.length;

    await answerTo(place, people.slash("stats", { channel, user: ann }));

    expect(discord.requests[before]?.route).toMatch(/callback$/);
  });

  it("/chat puts the question where all can read it, and the reply below", async () => {
    const { people, channel, ann, until, discord, engine, ask } = await bakery();

    people.slash("chat", { channel, user: ann }, { message: "Is there @everyone?" });
    const reply = await until(() => finishedReply(discord, channel));
    await ask("and now?");

    const [question] = discord.botMessages(channel);
    expect(question?.data.content).toBe("> Is there @\u200beveryone?");
    expect(reply.data.message_reference?.message_id).toBe(question?.data.id);
    expect(engine.requests[0]?.messages).toEqual([
      { role: "user", content: "Is there @everyone?" },
    ]);
    expect(engine.requests[1]?.messages.map(({ content }) => content)).toEqual([
      "Is there @everyone?",
      "Hello there.",
      "and now?",
    ]);
  });

  it("/chat is answered once, though a link in the question gets its picture meanwhile", async () => {
    const { opened, open } = gate<string>();
    const place = await bakery({ script: { reply: () => ["About ", opened] } });
    const { people, channel, ann, until, discord, engine } = place;
    const message = "What is https://example.org?".padEnd(2000, "?"); // no quote holds all of it
    people.slash("chat", { channel, user: ann }, { message });
    const [question] = await until(() => {
      const said = discord.botMessages(channel);
      return said.length === 2 && said;
    });

    const embeds = [{ type: "link", url: "https://example.org", title: "Example" }];
    discord.gateway.dispatch("MESSAGE_UPDATE", { ...question?.data, embeds }, { channel });
    await answerTo(place, people.slash("privacy", { channel, user: ann })); // heard after it
    open("bread.");
    await until(() => finishedReply(discord, channel));

    expect(engine.requests.map(({ messages }) => messages)).toEqual([
      [{ role: "user", content: message }],
    ]);
  });

  it("/chat says so where the bot may not write", async () => {
    const place = await bakery();
    const { people, guild, world, ann, discord, engine } = place;
    const mute = world.channel(guild, "mute", { botMayNot: ["SendMessages"] });
    discord.gateway.dispatch("CHANNEL_CREATE", channelPayload(mute, world), { guild });

    const chat = people.slash("chat", { channel: mute, user: ann }, { message: "Hello?" });

    expect(await answerTo(place, chat)).toMatch(/may not write/);
    expect(engine.requests).toEqual([]);
  });

  it("that fail are apologised for", async () => {
    const place = await bakery();
    const { people, channel, ann, discord } = place;
    discord.faults.next({ on: { method: "PATCH", path: /@original/ }, status: 400 });

    const command = people.slash("privacy", { channel, user: ann });

    expect(await answerTo(place, command)).toMatch(/did not work/);
  });

  it("/reset forgets what stands above", async () => {
    const place = await bakery();
    const { people, channel, ann, ask, engine, clock } = place;
    await ask("before?");
    await clock.advance(1000);

    await answerTo(place, people.slash("reset", { channel, user: ann }));
    await ask("after?");

    expect(engine.requests[1]?.messages.map(({ content }) => content)).toEqual(["after?"]);
  });

  it("propose values as somebody types", async () => {
    const { people, channel, ann, until } = await bakery();

    const typing = people.autocomplete("help", { channel, user: ann }, "command", "per");

    expect(await until(() => typing.choices)).toEqual([{ name: "persona", value: "persona" }]);
  });

  it("settings hold for one server only", async () => {
    const place = await bakery();
    const { people, world, channel, olga, ann, ask, engine, discord, until } = place;
    const other = world.channel(world.guild("Dairy", olga, [ann]), "general");
    const { guild: dairy } = other;
    discord.gateway.dispatch("GUILD_CREATE", guildPayload(dairy ?? place.guild, world), {
      guild: dairy,
    });
    const persona = { text: "You are a baker." };

    await answerTo(place, people.slash("persona", { channel, user: olga }, persona));
    await ask("who?");
    people.say({ channel: other, author: ann, content: `<@${world.bot.id}> who?` });
    await until(() => finishedReply(discord, other));

    expect(engine.requests[0]?.messages[0]).toEqual({ role: "system", content: persona.text });
    expect(engine.requests[1]?.messages).toEqual([{ role: "user", content: "who?" }]);
  });

  it("of admins are refused to others, privately", async () => {
    const place = await bakery();
    const { people, channel, olga, ada, world, settings } = place;

    const refused = await answerTo(place, people.slash("stop-all", { channel, user: olga }));
    const direct = world.directMessages(ada);
    const done = await answerTo(place, people.slash("stop-all", { channel: direct, user: ada }));

    expect([refused, done]).toEqual([
      expect.stringMatching(/Only admins/),
      expect.stringMatching(/answer nobody/),
    ]);
    expect(settings.value.isStopped).toBe(true);
  });

  it("names are read only where that is switched on", async () => {
    const place = await bakery();
    const { people, channel, olga, ask, engine } = place;

    await ask("before?");
    const on = { name: "names", value: "on" };
    await answerTo(place, people.slash("settings", { channel, user: olga }, on));
    await ask("after?");

    expect(engine.requests[0]?.messages.at(-1)?.content).toBe("before?");
    expect(engine.requests[1]?.messages.at(-1)?.content).toBe("Ann: after?");
  });

  it("/permissions names what is missing, channel by channel, with the link that grants it", async () => {
    const place = await bakery();
    const { people, world, guild, channel, olga, discord } = place;
    const mute = world.channel(guild, "mute", { botMayNot: ["SendMessages", "AttachFiles"] });
    discord.gateway.dispatch("CHANNEL_CREATE", channelPayload(mute, world), { guild });

    const answer = await answerTo(place, people.slash("permissions", { channel, user: olga }));

    expect(answer).toMatch(/- #mute: Send Messages, Attach Files\n/);
    expect(answer).toMatch(/oauth2\/authorize\?client_id=\d+&scope=bot/);
  });
});

describe("an interaction whose token is gone", () => {
  it("is answered in the channel if all may read it", async () => {
    const { people, channel, ann, until, discord } = await bakery();

    const command = people.slash("reset", { channel, user: ann });
    await discord.until(() => command.acknowledged);
    command.expired = "token";
    const message = await until(() => discord.botMessages(channel)[1]);

    expect(message.data.content).toMatch(/A new conversation/);
  });

  it("is answered directly if it is private", async () => {
    const { people, channel, ann, world, until, discord } = await bakery();

    const command = people.slash("privacy", { channel, user: ann });
    command.expired = "token";
    const [told] = await until(() => {
      const said = discord.botMessages(world.directMessages(ann));
      return said.length > 0 ? said : undefined;
    });

    expect(told?.data.content).toMatch(/What I keep/);
    expect(contentsOf(discord.botMessages(channel))).toEqual([]);
  });

  it("was acknowledged after all if only the answer to that got lost", async () => {
    const place = await bakery();
    const { people, channel, ann, discord } = place;
    discord.faults.next({ on: { path: /callback/ }, status: 502, afterWrite: true });

    const command = people.slash("privacy", { channel, user: ann });

    expect(await answerTo(place, command)).toMatch(/What I keep/);
    expect(command.replies).toHaveLength(1);
  });
});

describe("context menus", () => {
  it("teach a better answer to any reply", async () => {
    const place = await bakery();
    const { ask, people, ben, until, feedback } = place;
    const reply = await ask("teach?");

    const chosen = people.contextMenu("Teach a better answer", ben, reply);
    await until(() => chosen.modal);
    await answerTo(place, people.submitModal(chosen, { text: "Rye." }));

    expect(feedback.lines).toMatchObject([{ kind: "correction", text: "Rye." }]);
  });

  it("explain a reply, and say so where there is none", async () => {
    const place = await bakery();
    const { ask, people, ann, channel } = place;
    const reply = await ask("why?");

    const explained = people.contextMenu("Explain this reply", ann, reply);
    const mine = people.say({ channel, author: ann, content: "mine" });
    const unknown = people.contextMenu("Explain this reply", ann, mine);

    expect(await answerTo(place, explained)).toMatch(/\*\*starter\*\* wrote this/);
    expect(await answerTo(place, unknown)).toMatch(/no reply of mine/);
  });
});
