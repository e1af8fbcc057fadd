import { describe, expect, it } from "vitest";

import { changeSettingsAt } from "../../../../src/chat/settings.ts";
import { ALL_SCOPES } from "../../../support/slack/app-identity.ts";
import { botInSlack, type BotInSlackOptions } from "../../../support/slack/bot-in-slack.ts";
import { exampleWorkspace } from "../../../support/slack/example-workspace.ts";
import type { User } from "../../../support/slack/world.ts";

const CARD = { text: "Training", buttons: [{ label: "Stop", line: "stop-all" }] };
const REFUSED = "Only admins of the bot can do that.";
const STOPPED = "I answer nobody any more. `resume` ends it.";

/** Cara is in the group whose people are admins; Ulf is in none; both are in the channel. */
async function withAdmins(how: BotInSlackOptions = {}) {
  const served = await botInSlack(how);
  const { slack, team, channel, memory } = served;
  const cara = slack.addUser(team, "cara");
  const ulf = slack.addUser(team, "ulf");
  for (const { id } of [cara, ulf]) channel.members.add(id);
  const crew = slack.addUserGroup(team, "crew", [cara.id]);
  const where = { platform: "slack", community: team.id, channel: channel.id } as const;
  await changeSettingsAt(memory.settings, where, { ranks: { [crew.id]: "admin" } }, "ada");
  /** The next thing somebody is told who did something. */
  const told = async (user: User, act: () => unknown) => {
    const heard = () =>
      slack.messagesIn(channel.id).filter(({ ephemeralFor }) => ephemeralFor === user.id);
    const before = heard().length;
    await act();
    const { blocks } = await slack.until(() => heard()[before]);
    return String(blocks[0]?.["text"]);
  };
  const slash = ({ id }: User, text: string) =>
    slack.person.slash({ user: id, channel: channel.id, command: "/lfz", text });
  return { ...served, cara, ulf, crew, where, told, slash };
}

describe("an admin by a user group", () => {
  it("gives slash commands; nobody without the group does", async () => {
    const { cara, ulf, told, slash } = await withAdmins();
    expect(await told(ulf, () => slash(ulf, "stop-all"))).toBe(REFUSED);
    expect(await told(cara, () => slash(cara, "stop-all"))).toBe(STOPPED);
  });

  it("gives commands in threads; nobody without the group does", async () => {
    const { slack, cara, ulf, told, channel, mention, finalReply, memory } = await withAdmins();
    const asked = mention("hello");
    await finalReply(asked);
    const say = ({ id }: User) =>
      slack.person.say({ channel: channel.id, user: id, text: "!stop-all", thread: asked.ts });

    expect(await told(ulf, () => say(ulf))).toBe(REFUSED);
    expect(memory.settings.value.isStopped).toBe(false);
    expect(await told(cara, () => say(cara))).toBe(STOPPED);
  });

  it("presses the buttons of a card; nobody without the group does", async () => {
    const { slack, cara, ulf, told, channel, cards, where } = await withAdmins();
    await cards.post({ ...where, isDirect: false }, CARD);
    const card = slack.messagesIn(channel.id)[0];
    if (!card) throw new Error("There is no card.");
    const press = ({ id }: User) =>
      slack.person.press({ user: id, message: card, actionId: "lfz_run_0" });

    expect(await told(ulf, () => press(ulf))).toBe(REFUSED);
    expect(await told(cara, () => press(cara))).toBe(STOPPED);
  });

  it("is told more of a reply by its menu; nobody without the group is", async () => {
    const { slack, cara, ulf, told, mention, finalReply } = await withAdmins();
    const message = await finalReply(mention("hello"));
    const explain = ({ id }: User) =>
      slack.person.shortcut({ user: id, message, callbackId: "lfz_explain" });

    expect(await told(ulf, () => explain(ulf))).not.toContain("seed");
    expect(await told(cara, () => explain(cara))).toContain("seed");
  });

  it("cannot be played by a forged click in the home tab", async () => {
    const { slack, ulf, cara, memory } = await withAdmins();
    const press = async ({ id }: User) => {
      slack.person.openHome(id);
      await slack.until(() => slack.world.homes.get(id));
      const shown = slack.callsOf("views.publish").length;
      await slack.person.pressAtHome({ user: id, actionId: "lfz_home_stop-all" });
      await slack.until(() => slack.callsOf("views.publish").length > shown);
    };

    await press(ulf);
    expect(memory.settings.value.isStopped).toBe(false);
    await press(cara);
    expect(memory.settings.value.isStopped).toBe(true);
  });

  it("is one no longer a few minutes after leaving the group", async () => {
    const { slack, cara, crew, told, slash } = await withAdmins();
    await told(cara, () => slash(cara, "resume"));
    crew.users.splice(0);

    slack.clock.advance(5 * 60_000);

    expect(await told(cara, () => slash(cara, "resume"))).toBe(REFUSED);
    expect(slack.callsOf("usergroups.list")).toHaveLength(2);
  });

  it("is made by a mention of the group", async () => {
    const { ana, ulf, told, slash, slack, team } = await withAdmins();
    const { id, handle } = slack.addUserGroup(team, "tasters", [ulf.id]);
    slack.clock.advance(5 * 60_000);

    const shown = await told(ana, () => slash(ana, `roles reviewer <!subteam^${id}|@${handle}>`));

    expect(shown).toContain("Roles here");
    expect(await told(ulf, () => slash(ulf, "review"))).toBe("Nothing waits for a review.");
  });

  it("does not exist where the app may not read groups, and `roles` says so", async () => {
    const workspace = await exampleWorkspace();
    const { slack } = workspace;
    const { team, bot } = slack.addTeam("Strict", {
      scopes: ALL_SCOPES.filter((scope) => scope !== "usergroups:read"),
    });
    const ana = slack.addUser(team, "ana");
    const channel = slack.addChannel(team, "general", [ana.id, bot.botUserId]);
    const strict = { ...workspace, team, bot, ana, channel };
    const { cara, told, slash } = await withAdmins({ workspace: strict });

    expect(await told(cara, () => slash(cara, "stop-all"))).toBe(REFUSED);
    const shown = slack.messagesIn(channel.id).length;
    await slash(ana, "roles");
    const answer = await slack.until(() => slack.messagesIn(channel.id)[shown]);
    expect(String(answer.blocks[0]?.["text"])).toContain("not allowed to see");
  });
});
