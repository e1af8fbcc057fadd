import { Buffer } from "node:buffer";

import {
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  ActionRowBuilder,
  Events,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  TextInputBuilder,
  TextInputStyle,
  type Client,
  type Interaction,
  type TextChannel,
} from "discord.js";
import { describe, expect, it } from "vitest";

import { discordForTest, loggedIn } from "./client.ts";
import type { Discord, DiscordOptions } from "./discord.ts";

async function bakery(options?: DiscordOptions) {
  const discord = await discordForTest(options);
  const ann = discord.world.user("Ann");
  const guild = discord.world.guild("Bakery", discord.world.user("Owner"), [ann]);
  const channel = discord.world.channel(guild, "general");
  const client = await loggedIn(discord);
  const place = (await client.channels.fetch(channel.id)) as TextChannel; // made above
  return { discord, ann, guild, channel, client, place };
}

/** The answer to the next interaction. */
function answerNext<T>(client: Client, answer: (interaction: Interaction) => Promise<T>) {
  return new Promise<T>((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction) => {
      answer(interaction).then(resolve, reject);
    });
  });
}

function statusesOf(discord: Discord, route: string): number[] {
  return discord.requests.filter((one) => one.route === route).map(({ status }) => status);
}

function layout(picture?: string): ContainerBuilder {
  const container = new ContainerBuilder().addTextDisplayComponents((text) => text.setContent("x"));
  if (picture === undefined) return container;
  return container.addMediaGalleryComponents((gallery) =>
    gallery.addItems((item) => item.setURL(`attachment://${picture}`)),
  );
}

const laidOut = { flags: MessageFlags.IsComponentsV2, components: [layout()] } as const;

const SEND = "POST /channels/:channel/messages";

describe("messages", () => {
  it("are listed around one, newest first", async () => {
    const { discord, ann, channel, place } = await bakery();
    const said = ["one", "two", "three", "four"].map((content) =>
      discord.people.say({ channel, author: ann, content }),
    );
    const second = said[1]?.data.id ?? "";

    const contents = async (options: { before?: string; after?: string; limit?: number }) =>
      [...(await place.messages.fetch(options)).values()].map(({ content }) => content);

    expect(await contents({ before: second })).toEqual(["one"]);
    expect(await contents({ after: second, limit: 1 })).toEqual(["three"]);
    expect(await contents({ limit: 2 })).toEqual(["four", "three"]);
  });

  it("with one nonce are one message", async () => {
    const { discord, channel, place } = await bakery();

    const [first, second] = [
      await place.send({ content: "once", nonce: "7", enforceNonce: true }),
      await place.send({ content: "once", nonce: "7", enforceNonce: true }),
    ];

    expect(second.id).toBe(first.id);
    expect(discord.botMessages(channel)).toHaveLength(1);
  });

  it("carry files, whose text can be fetched again", async () => {
    const { place } = await bakery();

    const sent = await place.send({
      files: [{ name: "reply.md", attachment: Buffer.from("# long") }],
    });

    const url = sent.attachments.first()?.url ?? "";
    expect(await (await fetch(url)).text()).toBe("# long");
  });

  it.each([
    ["too long", { content: "x".repeat(2001) }, 50035],
    ["empty", { content: " " }, 50006],
    ["laid out by components, and not said to be so", { components: [layout()] }, 50035],
    ["laid out by components, with text beside them", { ...laidOut, content: "more" }, 50035],
    ["with a picture that is not there", { ...laidOut, components: [layout("none.png")] }, 50035],
  ])("%s are refused", async (_, body, code) => {
    const { place } = await bakery();

    await expect(place.send(body)).rejects.toMatchObject({ code });
  });

  it("are refused where the bot may not speak, see, or edit", async () => {
    const { discord, ann, guild, place, channel, client } = await bakery();
    const mute = discord.world.channel(guild, "mute", { botMayNot: ["SendMessages"] });
    const hidden = discord.world.channel(guild, "hidden", { botMayNot: ["ViewChannel"] });
    const hers = discord.people.say({ channel, author: ann, content: "mine" });
    const send = (id: string) =>
      client.rest.post(`/channels/${id}/messages`, { body: { content: "hi" } });

    await expect(send(mute.id)).rejects.toMatchObject({ code: 50013 });
    await expect(send(hidden.id)).rejects.toMatchObject({ code: 50001 });
    await expect(send("1")).rejects.toMatchObject({ code: 10003 });
    await expect(place.messages.edit(hers.data.id, "yours")).rejects.toMatchObject({ code: 50005 });
    await expect(place.messages.fetch("1")).rejects.toMatchObject({ code: 10008 });
  });

  it("in an archived thread cannot be edited, but speaking opens it again", async () => {
    const { discord, ann, channel, place } = await bakery();
    const starter = discord.people.say({ channel, author: ann, content: "a topic" });
    const thread = await place.threads.create({ name: "topic", startMessage: starter.data.id });
    const reply = await thread.send("first");
    const first = (await thread.messages.fetch({ limit: 10 })).last();
    await thread.setArchived(true);

    await expect(reply.edit("second")).rejects.toMatchObject({ code: 50083 });
    await thread.send("third");
    await reply.edit("second");

    expect(first?.reference?.messageId).toBe(starter.data.id);
    expect(discord.world.channels.get(thread.id)?.archived).toBe(false);
  });

  it("ping whom they name, unless that is not allowed", async () => {
    const { discord, ann, channel, place } = await bakery();
    const content = `@everyone <@${ann.id}>`;

    await place.send(content);
    await place.send({ content, allowedMentions: { parse: [] } });

    const pings = discord
      .botMessages(channel)
      .map(({ data }) => [data.mention_everyone, data.mentions.length]);
    expect(pings).toEqual([
      [true, 1],
      [false, 0],
    ]);
  });
});

describe("limits and faults", () => {
  it("are told in time: a client that reads the headers is never refused", async () => {
    const limits = { [SEND]: { requests: 2, milliseconds: 120 } };
    const { discord, place } = await bakery({ limits });

    await Promise.all(["1", "2", "3", "4", "5"].map((content) => place.send(content)));

    expect(statusesOf(discord, SEND)).toEqual([200, 200, 200, 200, 200]);
  });

  it.each([true, false])("429 is waited out (global: %s)", async (global) => {
    const { discord, place } = await bakery();
    discord.faults.next({ on: { method: "POST" }, status: 429, retryAfter: 0.02, global });

    await place.send("patience");

    expect(statusesOf(discord, SEND)).toEqual([429, 200]);
  });

  it("5xx before the work writes once, after it twice, and once with a nonce", async () => {
    const { discord, channel, place } = await bakery();
    const sent = () => discord.botMessages(channel).splice(0).length;

    discord.faults.next({ on: { method: "POST" }, status: 502 });
    await place.send("a");
    const before = sent();
    discord.faults.next({ on: { method: "POST" }, status: 502, afterWrite: true });
    await place.send("b");
    const after = sent();
    discord.faults.next({ on: { method: "POST" }, status: 502, afterWrite: true });
    await place.send({ content: "c", nonce: "1", enforceNonce: true });

    expect([before, after, sent()]).toEqual([1, 3, 4]);
  });

  it("by chance fail the same requests for the same seed", async () => {
    const failed = async () => {
      const { discord, place } = await bakery();
      discord.faults.failing(0.2, 11);
      for (let i = 0; i < 10; i++) await place.send({ content: "x", nonce: i, enforceNonce: true });
      return statusesOf(discord, SEND).map((status) => status === 502);
    };

    const first = await failed();
    expect(first).toContain(true);
    expect(await failed()).toEqual(first);
  });
});

describe("interactions", () => {
  const button = new ButtonBuilder()
    .setCustomId("good:1")
    .setEmoji("👍")
    .setStyle(ButtonStyle.Secondary);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);

  it("are answered once, in time, and followed up", async () => {
    const { discord, ann, channel, client, place } = await bakery();
    await place.send({ content: "good?", components: [row] });
    const [message] = discord.botMessages(channel);
    if (!message) throw new Error("nothing was sent");

    const answered = answerNext(client, async (interaction) => {
      if (!interaction.isButton()) throw new Error("not a button");
      await interaction.deferReply({ flags: MessageFlags.Ephemeral, withResponse: true });
      await interaction.editReply("thanks");
      await interaction.followUp({ content: "really", flags: MessageFlags.Ephemeral });
      return client.rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, {
        body: { type: 6 },
      });
    });
    const press = discord.people.press(message, ann, "👍");

    await expect(answered).rejects.toMatchObject({ code: 40060 });
    expect(press.replies.map(({ data }) => data.content)).toEqual(["thanks", "really"]);
    expect(discord.botMessages(channel)).toHaveLength(1);
  });

  it("are unknown after three seconds, and cannot be followed up after fifteen minutes", async () => {
    const clock = { now: Date.now() };
    const { discord, ann, channel, client, place } = await bakery({ now: () => clock.now });
    await place.send({ content: "good?", components: [row] });
    const [message] = discord.botMessages(channel);
    if (!message) throw new Error("nothing was sent");

    const late = answerNext(client, async (interaction) => {
      clock.now += 3001;
      if (interaction.isButton()) await interaction.reply("late");
    });
    discord.people.press(message, ann, "good:1");
    await expect(late).rejects.toMatchObject({ code: 10062 });

    const later = answerNext(client, async (interaction) => {
      if (!interaction.isButton()) return;
      await interaction.deferReply();
      clock.now += 15 * 60_001;
      await interaction.editReply("later");
    });
    discord.people.press(message, ann, "good:1");
    await expect(later).rejects.toMatchObject({ code: 50027 });
  });

  it("show a form and bring back what was written", async () => {
    const { discord, ann, channel, client, place } = await bakery();
    await place.send({ content: "good?", components: [row] });
    const [message] = discord.botMessages(channel);
    if (!message) throw new Error("nothing was sent");
    const input = new TextInputBuilder().setCustomId("better").setStyle(TextInputStyle.Paragraph);
    const modal = new ModalBuilder()
      .setCustomId("correct:1")
      .setTitle("A better answer")
      .addLabelComponents(new LabelBuilder().setLabel("Answer").setTextInputComponent(input));

    const shown = answerNext(client, async (interaction) => {
      if (interaction.isButton()) await interaction.showModal(modal);
    });
    const press = discord.people.press(message, ann, "good:1");
    await shown;
    const submitted = answerNext(client, async (interaction) => {
      if (!interaction.isModalSubmit()) throw new Error("not a form");
      await interaction.reply({ content: "kept", flags: MessageFlags.Ephemeral });
      return interaction.fields.getTextInputValue("better");
    });
    discord.people.submitModal(press, { better: "Rye." });

    expect(await submitted).toBe("Rye.");
  });

  it("come from declared commands only, with their options and suggestions", async () => {
    const { discord, ann, channel, client } = await bakery();
    const command = new SlashCommandBuilder()
      .setName("model")
      .setDescription("Which model answers")
      .addSubcommand((use) =>
        use
          .setName("use")
          .setDescription("Take another")
          .addStringOption((option) =>
            option.setName("name").setDescription("Which").setAutocomplete(true).setRequired(true),
          ),
      );
    await client.application?.commands.set([command]);
    const sent = { channel, user: ann };

    const suggested = answerNext(client, async (interaction) => {
      if (!interaction.isAutocomplete()) throw new Error("nothing is typed");
      const typed = interaction.options.getFocused();
      await interaction.respond([{ name: typed, value: typed }]);
    });
    const typing = discord.people.autocomplete("model use", sent, "name", "v1");
    await suggested;
    const used = answerNext(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) throw new Error("not a command");
      await interaction.reply("ok");
      return [interaction.options.getSubcommand(), interaction.options.getString("name")];
    });
    discord.people.slash("model use", sent, { name: "v12" });

    expect(typing.choices).toEqual([{ name: "v1", value: "v1" }]);
    expect(await used).toEqual(["use", "v12"]);
    expect(() => discord.people.slash("model use", sent)).toThrow(/required/);
    expect(() => discord.people.slash("models", sent)).toThrow(/no command/);
  });
});
