import { describe, expect, it } from "vitest";

import { botInSlack } from "../../../support/slack/bot-in-slack.ts";
import type { Message } from "../../../support/slack/world.ts";

describe("/lfz", () => {
  async function slash(text: string) {
    const served = await botInSlack();
    const { slack, ana, channel } = served;
    const delivery = await slack.person.slash({
      user: ana.id,
      channel: channel.id,
      command: "/lfz",
      text,
    });
    expect(delivery).toMatchObject({ state: "acknowledged", attempts: 1 });
    return served;
  }
  const words = ({ blocks }: Message) => String(blocks[0]?.["text"]);

  it.each([
    ["help", "- `opt-in` "],
    ["", "- `help` "],
    ["model", "**starter**"],
    ["helo", "Did you mean help?"],
    ["settings listen sometimes", "neither on nor off"],
    ["mute 5 <@U00000005|ana>", "I do not answer U00000005 for 5 minutes"],
  ])("%j answers whoever asked, with %j", async (text, answer) => {
    const { slack, ana, channel } = await slash(text);
    const answered = await slack.until(() =>
      slack.messagesIn(channel.id).find(({ ephemeralFor }) => ephemeralFor === ana.id),
    );
    expect(words(answered)).toContain(answer);
  });

  it("chat asks in the channel, and is answered in a thread", async () => {
    const { slack, engine, channel, finalReply } = await slash("chat what is &lt;tea&gt;?");
    const question = await slack.until(() => slack.messagesIn(channel.id)[0]);

    expect((await finalReply(question)).text).toBe("Hello there.");
    expect(engine.requests[0]?.messages).toEqual([{ role: "user", content: "what is <tea>?" }]);
  });

  it("chat says so where the bot is no member", async () => {
    const { slack, ana, team } = await botInSlack();
    const room = slack.addChannel(team, "room", [ana.id]);
    await slack.person.slash({ user: ana.id, channel: room.id, command: "/lfz", text: "chat hi" });
    const answered = await slack.until(() => slack.messagesIn(room.id)[0]);
    expect(answered.text).toContain("Invite me");
  });

  it("rates the last reply of the channel", async () => {
    const { slack, ana, channel, mention, finalReply, memory } = await botInSlack();
    await finalReply(mention("hello"));
    const where = { user: ana.id, channel: channel.id, command: "/lfz" };
    await slack.person.slash({ ...where, text: "feedback bad too short" });
    await slack.until(() => memory.feedback.lines.length === 2);
    expect(memory.feedback.lines).toMatchObject([{ verdict: "bad" }, { text: "too short" }]);
  });
});

describe("!verb", () => {
  it("is a command in a thread, answered to whoever gave it", async () => {
    const { slack, ana, channel, mention, finalReply, engine } = await botInSlack();
    const asked = mention("hello");
    await finalReply(asked);
    const thread = asked.ts;
    slack.person.say({ channel: channel.id, user: ana.id, text: "!model", thread });

    const answer = await slack.until(() =>
      slack.messagesIn(channel.id, thread).find(({ ephemeralFor }) => ephemeralFor === ana.id),
    );
    expect(words(answer)).toContain("**starter**");
    expect(engine.requests).toHaveLength(1);
  });

  const words = ({ blocks }: Message) => String(blocks[0]?.["text"]);

  it("with a mention comes twice, as every mention does, and is answered once", async () => {
    const { slack, mention, ana, finalReply } = await botInSlack();
    const given = mention("!model");
    await slack.until(() =>
      slack.messagesIn(given.channel).some(({ ephemeralFor }) => ephemeralFor),
    );
    await finalReply(mention("and now a question"));

    const answers = slack.world.messages.filter(({ ephemeralFor }) => ephemeralFor === ana.id);
    expect(answers).toHaveLength(1);
  });

  it("in a direct conversation is answered there, and is no part of it", async () => {
    const { slack, ana, finalReply, engine } = await botInSlack();
    const { channel, thread } = slack.person.openAssistantThread(ana.id);
    const say = (text: string) => slack.person.say({ channel, user: ana.id, text, thread });
    say("!help");
    await slack.until(() => slack.messagesIn(channel, thread).length === 3);

    await finalReply(say("!nothing of the kind"));

    expect(engine.requests[0]?.messages).toEqual([
      { role: "user", content: "!nothing of the kind" },
    ]);
  });

  it("begins the conversation anew", async () => {
    const { slack, ana, channel, mention, finalReply, engine } = await botInSlack();
    const asked = mention("hello");
    await finalReply(asked);
    slack.clock.advance(10_000);
    const say = (text: string) =>
      slack.person.say({ channel: channel.id, user: ana.id, text, thread: asked.ts });
    say("!reset");
    await slack.until(() => slack.messagesIn(channel.id, asked.ts).length === 4);
    slack.clock.advance(10_000);
    say("and now?");
    await slack.until(() => engine.requests.length === 2);

    expect(engine.requests[1]?.messages).toEqual([{ role: "user", content: "and now?" }]);
  });
});
