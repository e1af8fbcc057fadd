import { describe, expect, it } from "vitest";

import type { Card, CardImage } from "../../../../src/chat/cards.ts";
import { UnreachableError, type Place } from "../../../../src/chat/platform.ts";
import { HintedError } from "../../../../src/core/errors.ts";
import { ALL_SCOPES } from "../../../support/slack/app-identity.ts";
import { botInSlack, type BotInSlack } from "../../../support/slack/bot-in-slack.ts";
import { exampleWorkspace } from "../../../support/slack/example-workspace.ts";
import type { Channel, Message } from "../../../support/slack/world.ts";

const STOP = { label: "Stop everything", line: "stop-all", isDangerous: true };

function picture(last: number): CardImage {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, last]);
  return { name: "loss.png", png, description: "falling" };
}

const training: Card = { text: "**Training**: 40 %", image: picture(1), buttons: [STOP] };

function placeOf({ id, teamId, kind }: Channel, thread?: string): Place {
  const common = { platform: "slack", community: teamId, channel: id } as const;
  return { ...common, isDirect: kind === "im", ...(thread && { thread }) };
}

function theCard({ slack, channel }: Pick<BotInSlack, "slack" | "channel">): Message {
  const card = slack.messagesIn(channel.id).find(({ botId }) => botId !== undefined);
  if (!card) throw new Error("There is no card.");
  return card;
}

/** The last bytes of the pictures people see in it. */
function picturesIn({ blocks }: Message, { slack }: Pick<BotInSlack, "slack">) {
  return blocks
    .filter(({ type }) => type === "image")
    .map(({ slack_file: file }) => slack.world.files.get((file as { id: string }).id))
    .map((file) => file?.content?.at(-1));
}

function kindsOf({ blocks }: Message): string[] {
  return blocks.map(({ type }) => type);
}

async function posted(how?: Parameters<typeof botInSlack>[0]) {
  const served = await botInSlack(how);
  const id = (await served.cards.post(placeOf(served.channel), training)) ?? "";
  return { ...served, id, card: theCard(served) };
}

/** Everything that was whispered to somebody. */
function toldTo({ slack, channel }: BotInSlack, user: string): string[] {
  return slack
    .messagesIn(channel.id)
    .filter(({ ephemeralFor }) => ephemeralFor === user)
    .map(({ text }) => text);
}

describe("a card", () => {
  it("is one message with text, picture and buttons, and changes in place", async () => {
    const served = await posted();
    const { card, id, cards, channel, slack } = served;
    expect(card).toMatchObject({ ts: id, text: training.text });
    expect(kindsOf(card)).toEqual(["markdown", "image", "actions"]);
    expect(card.blocks[1]).toMatchObject({ alt_text: "falling" });
    expect(card.blocks[2]).toMatchObject({ elements: [{ style: "danger", value: "stop-all" }] });
    expect(picturesIn(card, served)).toEqual([1]);

    await cards.update(placeOf(channel), id, { text: "Done.", image: picture(2), buttons: [] });

    expect(card.text).toBe("Done.");
    expect(kindsOf(card)).toEqual(["markdown", "image"]);
    expect(picturesIn(card, served)).toEqual([2]);
    expect(slack.messagesIn(channel.id)).toEqual([card]);
  });

  it("leaves no picture behind that nobody sees, and sends none twice", async () => {
    const { id, cards, channel, slack } = await posted();

    await cards.update(placeOf(channel), id, { ...training, text: "41 %" });
    expect(slack.callsOf("files.getUploadURLExternal")).toHaveLength(1);
    await cards.update(placeOf(channel), id, { ...training, image: picture(2) });
    expect(slack.world.files.size).toBe(1);
    await cards.update(placeOf(channel), id, { ...training, image: undefined });
    expect(slack.world.files.size).toBe(0);
  });

  it("calls nobody, whatever it says", async () => {
    const served = await botInSlack();
    const { cards, channel, ana } = served;

    await cards.post(placeOf(channel), { text: `<!here> <@${ana.id}>`, buttons: [] });

    expect(JSON.stringify(theCard(served).blocks)).not.toMatch(/<[!@]/);
  });

  it("stands in a thread, and in direct messages", async () => {
    const { cards, channel, slack, ana, bot } = await botInSlack();
    const { ts } = slack.person.say({ channel: channel.id, user: ana.id, text: "train here" });
    slack.person.openHome(ana.id);
    const direct = [...slack.world.channels.values()].find(({ kind }) => kind === "im") ?? channel;

    await cards.post(placeOf(channel, ts), training);
    await cards.post(placeOf(direct), training);

    expect(slack.messagesIn(channel.id, ts).at(-1)).toMatchObject({ botId: bot.botId });
    expect(slack.messagesIn(direct.id).at(-1)).toMatchObject({ text: training.text });
  });

  it("is no part of a conversation", async () => {
    const { cards, channel, mention, finalReply, engine } = await botInSlack();
    const asked = mention("hello");
    await finalReply(asked);
    await cards.post(placeOf(channel, asked.ts), training);

    await finalReply(mention("still there?", asked.ts));

    expect(JSON.stringify(engine.requests.at(-1)?.messages)).not.toContain("Training");
  });

  it("waits for its picture while Slack looks through it", async () => {
    const served = await botInSlack();
    const { cards, channel, slack } = served;
    slack.faults.next("chat.postMessage", { kind: "refused", error: "invalid_blocks" });

    await cards.post(placeOf(channel), training);

    expect(picturesIn(theCard(served), served)).toEqual([1]);
  });

  it.each(["files.getUploadURLExternal", "files.completeUploadExternal"])(
    "is shown without its picture if %s is refused, and the log says so once",
    async (method) => {
      const served = await botInSlack();
      const { cards, channel, slack, lines } = served;
      slack.faults.always(method, { kind: "refused", error: "file_uploads_disabled" });

      const id = (await cards.post(placeOf(channel), training)) ?? "";
      await cards.update(placeOf(channel), id, { ...training, text: "41 %" });

      expect(kindsOf(theCard(served))).toEqual(["markdown", "actions"]);
      expect(lines.filter(({ event }) => event === "card without image")).toHaveLength(1);
    },
  );

  it("is shown without its picture where the app lacks the scope", async () => {
    const workspace = await exampleWorkspace();
    const { team, bot } = workspace.slack.addTeam("Strict", {
      scopes: ALL_SCOPES.filter((scope) => scope !== "files:write"),
    });
    const channel = workspace.slack.addChannel(team, "general", [bot.botUserId]);
    const served = await botInSlack({ workspace: { ...workspace, team, bot, channel } });

    await served.cards.post(placeOf(channel), training);

    expect(kindsOf(theCard(served))).toEqual(["markdown", "actions"]);
  });

  it("that Slack never shows with its picture is shown without", async () => {
    const served = await botInSlack();
    const { cards, channel } = served;
    const noImage = { ...picture(1), png: new Uint8Array([1, 2, 3]) };

    await cards.post(placeOf(channel), { ...training, image: noImage });

    expect(kindsOf(theCard(served))).toEqual(["markdown", "actions"]);
  });

  it("that was deleted cannot be changed any more, in words", async () => {
    const { card, cards, channel, slack } = await posted();
    slack.person.delete(card);

    const changing = cards.update(placeOf(channel), card.ts, training);

    await expect(changing).rejects.toThrow(HintedError);
    await expect(changing).rejects.toThrow("The card was deleted.");
  });

  it("cannot be posted where the bot is no member, in words", async () => {
    const { cards, slack, team } = await botInSlack();
    const closed = slack.addChannel(team, "closed", []);

    const posting = cards.post(placeOf(closed), training);

    await expect(posting).rejects.toThrow("may not write there: not_in_channel");
    await expect(posting).rejects.not.toThrow(UnreachableError);
  });

  it("has to wait while Slack is not there", async () => {
    const { cards, channel, slack, id, stop } = await posted();
    slack.faults.always("chat.update", { kind: "server-error" });
    await expect(cards.update(placeOf(channel), id, training)).rejects.toThrow(UnreachableError);

    await stop();

    await expect(cards.post(placeOf(channel), training)).rejects.toThrow(UnreachableError);
  });

  it.each(["in a channel", "in a thread"])(
    "stays one message if the answer gets lost: %s",
    async (where) => {
      const { cards, channel, slack, ana } = await botInSlack();
      const { ts } = slack.person.say({ channel: channel.id, user: ana.id, text: "train" });
      slack.faults.next("chat.postMessage", { kind: "server-error-after-write" });

      const id = await cards.post(
        placeOf(channel, where === "in a thread" ? ts : undefined),
        training,
      );

      const own = slack.messagesIn(channel.id).filter(({ botId }) => botId !== undefined);
      expect(own.map((message) => message.ts)).toEqual([id]);
    },
  );
});

describe("a button of a card", () => {
  it("gives its command as whoever presses it, and tells only them", async () => {
    const served = await posted();
    const { card, slack, ana, memory } = served;

    await slack.person.press({ user: ana.id, message: card, actionId: "lfz_run_0" });
    await slack.until(() => toldTo(served, ana.id).length > 0);

    expect(toldTo(served, ana.id)).toEqual([expect.stringMatching(/answer nobody any more/)]);
    expect(memory.settings.value.isStopped).toBe(true);
  });

  it("is refused, in words, to somebody who may not give the command", async () => {
    const served = await posted();
    const { card, slack, team, channel, memory } = served;
    const boss = slack.addUser(team, "boss", { isAdmin: true });
    channel.members.add(boss.id);

    await slack.person.press({ user: boss.id, message: card, actionId: "lfz_run_0" });
    await slack.until(() => toldTo(served, boss.id).length > 0);

    expect(toldTo(served, boss.id)).toEqual([expect.stringMatching(/^Only admins/)]);
    expect(memory.settings.value.isStopped).toBe(false);
  });

  it("works after a restart", async () => {
    const before = await posted();
    await before.stop();
    const served = await botInSlack({ workspace: before, memory: before.memory });
    const { slack, ana, memory } = served;

    await slack.person.press({ user: ana.id, message: before.card, actionId: "lfz_run_0" });
    await slack.until(() => toldTo(served, ana.id).length > 0);

    expect(memory.settings.value.isStopped).toBe(true);
  });
});
