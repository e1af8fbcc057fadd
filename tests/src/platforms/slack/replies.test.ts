import { describe, expect, it } from "vitest";

import { botInSlack } from "../../../support/slack/bot-in-slack.ts";
import { gate } from "../../../support/scripted-engine.ts";

describe("a mention in a channel", () => {
  it("is answered once, in a thread, as a stream that is stopped with buttons", async () => {
    const { slack, engine, mention, finalReply, bot } = await botInSlack();
    const asked = mention("hello");

    const reply = await finalReply(asked);

    expect(reply).toMatchObject({
      text: "Hello there.",
      threadTs: asked.ts,
      user: bot.botUserId,
      stream: { state: "stopped" },
    });
    expect(engine.requests.map(({ messages }) => messages)).toEqual([
      [{ role: "user", content: "hello" }],
    ]);
    expect(slack.deliveries.log.filter(({ payload }) => isMention(payload))).toHaveLength(1);
  });

  it("shows a status at once, and text as it is written", async () => {
    const rest = gate<string>();
    const { slack, mention, finalReply } = await botInSlack({
      script: { reply: () => ["One", rest.opened] },
    });
    const asked = mention("count");
    await slack.until(() => slack.messagesIn(asked.channel, asked.ts)[1]?.text === "One");
    expect(slack.world.assistantThreads.get(`${asked.channel}:${asked.ts}`)?.statuses).toEqual([
      "is thinking…",
    ]);

    rest.open(", two.");

    expect((await finalReply(asked)).revisions).toEqual(["One", "One, two."]);
  });

  it("goes on in the thread without a mention, with who said what", async () => {
    const { slack, engine, mention, finalReply, ana, channel } = await botInSlack();
    const asked = mention("hello");
    const first = await finalReply(asked);

    const text = "and &lt;you&gt;?";
    slack.person.say({ channel: channel.id, user: ana.id, text, thread: asked.ts });
    await slack.until(() => slack.messagesIn(channel.id, asked.ts).length === 4);

    expect(engine.requests[1]?.messages).toEqual([
      { role: "user", content: "hello" },
      { role: "assistant", content: first.text },
      { role: "user", content: "and <you>?" },
    ]);
  });

  it("calls nobody, whatever the model writes, and leaves code alone", async () => {
    const written = "Hey <!channel>, <@U1>:\n```\n<!here>\n```";
    const { mention, finalReply } = await botInSlack({ script: { reply: () => [written] } });

    const { text } = await finalReply(mention("call them"));

    expect(text.replaceAll("\u200B", "·")).toBe("Hey <·!channel>, <·@U1>:\n```\n<!here>\n```");
  });
});

describe("a direct message", () => {
  it("is answered in its thread, in the assistant pane with prompts and a title", async () => {
    const { slack, ana, finalReply } = await botInSlack();
    const { channel, thread } = slack.person.openAssistantThread(ana.id);
    const pane = slack.world.assistantThreads;
    const shown = await slack.until(() => pane.get(`${channel}:${thread}`));
    await slack.until(() => shown.prompts.length > 0);
    expect(shown.prompts.length).toBeLessThanOrEqual(4);

    const asked = slack.person.say({ channel, user: ana.id, text: "What is tea?", thread });

    expect((await finalReply(asked)).threadTs).toBe(thread);
    expect(shown).toMatchObject({ title: "What is tea?", statuses: ["is thinking…"] });
  });
});

describe("what is not for the bot", () => {
  it("stays unanswered: overheard talk, itself, subtypes, other bots", async () => {
    const { slack, ana, channel, engine, mention, finalReply } = await botInSlack();
    const say = (text: string, subtype?: string) =>
      slack.person.say({ channel: channel.id, user: ana.id, text, ...(subtype && { subtype }) });
    say("just talking");
    say("<@UNOBODY> look");
    say("joined", "channel_join");

    await finalReply(mention("the only question"));

    expect(engine.requests).toHaveLength(1);
  });
});

function isMention(payload: Readonly<Record<string, unknown>>): boolean {
  return (payload["event"] as { type?: string } | undefined)?.type === "app_mention";
}
