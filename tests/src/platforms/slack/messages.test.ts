import { describe, expect, it } from "vitest";

import { CommunitySettings } from "../../../../src/chat/settings.ts";
import { botInSlack, type BotInSlack } from "../../../support/slack/bot-in-slack.ts";
import type { Message } from "../../../support/slack/world.ts";

const DEFAULTS = CommunitySettings.parse({});

const answerTo = ({ slack, ana }: BotInSlack, channel: string) =>
  slack.until(() =>
    slack
      .messagesIn(channel)
      .find(({ ephemeralFor, botId }) => ephemeralFor === ana.id || botId !== undefined),
  );

const words = ({ blocks, text }: Message) =>
  String(blocks.find(({ type }) => type === "markdown")?.["text"] ?? text);

describe("a message", () => {
  it("with nothing but the mention is greeted", async () => {
    const served = await botInSlack();
    served.mention("");
    expect(words(await answerTo(served, served.channel.id))).toContain("I am here");
  });

  it("with a file only is told that files cannot be seen", async () => {
    const served = await botInSlack();
    const { channel } = served.slack.person.openAssistantThread(served.ana.id);
    served.slack.person.say({
      channel,
      user: served.ana.id,
      text: "",
      files: [{ id: "F1", name: "cat.png" }],
    });
    const answer = await served.slack.until(() => served.slack.messagesIn(channel)[2]);
    expect(words(answer)).toContain("only read text");
  });

  it("of one emoji is answered like any other", async () => {
    const served = await botInSlack();
    expect((await served.finalReply(served.mention(":tada:"))).text).toBe("Hello there.");
    expect(served.engine.requests[0]?.messages).toEqual([{ role: "user", content: ":tada:" }]);
  });

  it("of 100 kB is read at its end, and says so", async () => {
    const served = await botInSlack();
    const reply = await served.finalReply(served.mention(`${"x".repeat(100_000)} the end`));
    expect(JSON.stringify(reply.blocks)).toContain("longer than I can read");
    expect(served.engine.requests[0]?.messages[0]?.content.endsWith("the end")).toBe(true);
  });

  it("in a thread that is not the bot's is left alone", async () => {
    const served = await botInSlack();
    const { slack, ana, channel, engine } = served;
    const root = slack.person.say({ channel: channel.id, user: ana.id, text: "among us" });
    const say = (text: string) =>
      slack.person.say({ channel: channel.id, user: ana.id, text, thread: root.ts });
    say("what do you think?");
    await slack.until(() => slack.callsOf("conversations.replies").length === 1);
    say("and you?");

    const asked = say(`<@${served.bot.botUserId}> what do they mean?`);
    await served.finalReply(asked);

    expect(engine.requests).toHaveLength(1);
    expect(engine.requests[0]?.messages.map(({ content }) => content)).toEqual([
      "among us",
      "what do you think?",
      "and you?",
      "what do they mean?",
    ]);
  });

  it("in a thread of before a restart is still for the bot", async () => {
    const before = await botInSlack();
    const asked = before.mention("hello");
    await before.finalReply(asked);
    await before.stop();
    const after = await botInSlack({ workspace: before, memory: before.memory });

    after.slack.person.say({
      channel: asked.channel,
      user: after.ana.id,
      text: "still there?",
      thread: asked.ts,
    });

    await after.slack.until(() => after.memory.replies.lines.length === 2);
    expect(after.engine.requests[0]?.messages.map(({ content }) => content)).toEqual([
      "hello",
      "Hello there.",
      "still there?",
    ]);
  });

  it("of another bot is not answered, and a loop of bots is cut where they are", async () => {
    const served = await botInSlack();
    const { slack, team, channel, engine, memory } = served;
    const robot = { id: slack.world.nextId("U"), teamId: team.id, name: "robot", isBot: true };
    slack.world.users.set(robot.id, robot);
    channel.members.add(robot.id);
    const text = `<@${served.bot.botUserId}> hello`;
    slack.person.say({ channel: channel.id, user: robot.id, text });
    await served.finalReply(served.mention("a person"));
    expect(engine.requests).toHaveLength(1);

    await memory.settings.change((settings) => ({
      ...settings,
      communities: { [`slack:${team.id}`]: { ...DEFAULTS, bots: true } },
    }));
    const root = slack.person.say({ channel: channel.id, user: robot.id, text });
    const say = () =>
      slack.person.say({ channel: channel.id, user: robot.id, text, thread: root.ts });
    for (let turn = 0; turn < 6; turn++) say();
    await slack.until(() => served.lines.some(({ reason }) => reason === "a loop of bots"));
    await served.finalReply(served.mention("a person again"));

    expect(engine.requests.length).toBeLessThanOrEqual(2 + 3);
  });

  it("that the model has nothing to say to is marked as read", async () => {
    const served = await botInSlack({ script: { reply: () => [], finishReason: "silence" } });
    const asked = served.mention("…");

    await served.slack.until(() => asked.reactions.length > 0);

    expect(served.slack.messagesIn(asked.channel, asked.ts)).toHaveLength(1);
  });
});
