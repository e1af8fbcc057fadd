import { describe, expect, it } from "vitest";

import { changeSettingsAt } from "../../../../src/chat/settings.ts";
import { bakery } from "../../../support/discord/bot.ts";
import type { Interaction } from "../../../support/discord/interactions.ts";

const CARD = { text: "Training", buttons: [{ label: "Resume", line: "resume" }] };

/** Ben holds the role whose people are admins; Ann holds none. */
async function withAdmins() {
  const place = await bakery();
  const { world, guild, ben, channel, settings, until } = place;
  const role = world.role(guild, "Bakers", [], [ben]);
  place.discord.gateway.dispatch("GUILD_ROLE_CREATE", { guild_id: guild.id, role }, { guild });
  const where = { platform: "discord", community: guild.id, channel: channel.id } as const;
  await changeSettingsAt(settings, where, { ranks: { [role.id]: "admin" } }, "ada");
  const answerTo = (interaction: Interaction) =>
    until(() => interaction.replies.at(-1)?.data.content || undefined);
  return { ...place, role, where, answerTo };
}

const REFUSED = "Only admins of the bot can do that.";

describe("an admin by a role", () => {
  it("gives commands; nobody without the role does", async () => {
    const { people, channel, ann, ben, answerTo } = await withAdmins();

    const [refused, done] = [
      await answerTo(people.slash("resume", { channel, user: ann })),
      await answerTo(people.slash("resume", { channel, user: ben })),
    ];

    expect([refused, done]).toEqual([REFUSED, "I answer again."]);
  });

  it("gives those of whoever manages the server too; nobody without the role does", async () => {
    const { people, channel, ann, ben, answerTo } = await withAdmins();

    const [refused, done] = [
      await answerTo(people.slash("mute", { channel, user: ann })),
      await answerTo(people.slash("mute", { channel, user: ben })),
    ];

    expect(refused).toBe("Only people who manage this server or workspace can do that.");
    expect(done).toMatch(/Quiet in this channel/);
  });

  it("is none in direct messages", async () => {
    const { people, world, ben, answerTo } = await withAdmins();
    const direct = world.directMessages(ben);
    expect(await answerTo(people.slash("resume", { channel: direct, user: ben }))).toBe(REFUSED);
  });

  it("presses the buttons of a card; nobody without the role does", async () => {
    const { people, channel, ann, ben, cards, where, discord, answerTo } = await withAdmins();
    await cards.post({ ...where, isDirect: false }, CARD);
    const card = discord.botMessages(channel)[0];
    if (!card) throw new Error("There is no card.");

    const [refused, done] = [
      await answerTo(people.press(card, ann, "Resume")),
      await answerTo(people.press(card, ben, "Resume")),
    ];

    expect([refused, done]).toEqual([REFUSED, "I answer again."]);
  });

  it("is told more of a reply by its menu; nobody without the role is", async () => {
    const { people, ask, ann, ben, answerTo } = await withAdmins();
    const reply = await ask("hello");

    const [short, long] = [
      await answerTo(people.contextMenu("Explain this reply", ann, reply)),
      await answerTo(people.contextMenu("Explain this reply", ben, reply)),
    ];

    expect(short).not.toContain("seed");
    expect(long).toContain("seed");
  });

  it("is one no longer once the role is taken away", async () => {
    const { people, channel, guild, ben, answerTo } = await withAdmins();
    guild.members.get(ben.id)?.roles.splice(0);
    expect(await answerTo(people.slash("resume", { channel, user: ben }))).toBe(REFUSED);
  });

  it("is proposed the values of an admin's options; nobody else is", async () => {
    const { people, channel, ann, ben, until } = await withAdmins();
    const choicesFor = async (user: typeof ann) => {
      const typing = people.autocomplete("help", { channel, user }, "command", "res");
      return (await until(() => typing.choices)).map(({ value }) => value);
    };
    expect(await choicesFor(ann)).toEqual(["reset"]);
    expect(await choicesFor(ben)).toEqual(["reset", "resume"]);
  });
});
