import { describe, expect, it } from "vitest";

import { botInSlack } from "../../../support/slack/bot-in-slack.ts";
import { gate } from "../../../support/scripted-engine.ts";

describe("an event that comes again", () => {
  it("is answered once: both deliveries, and after a restart", async () => {
    const before = await botInSlack();
    before.slack.deliveries.duplicating = true;
    const asked = before.mention("hello");
    await before.finalReply(asked);
    before.slack.deliveries.duplicating = false;
    await before.stop();

    const after = await botInSlack({ workspace: before, memory: before.memory });
    for (const delivery of before.slack.deliveries.log.slice(0, 2)) {
      after.slack.deliveries.again(delivery);
    }
    await after.finalReply(after.mention("another"));

    expect(before.engine.requests).toHaveLength(1);
    expect(after.engine.requests).toHaveLength(1);
    expect(after.slack.messagesIn(asked.channel, asked.ts)).toHaveLength(2);
  });

  it("waits for a new connection where Slack refreshes it, and is answered then", async () => {
    const served = await botInSlack();
    served.slack.socket.disconnect("refresh_requested");
    await served.slack.until(() => served.slack.socket.connections === 0);

    const asked = served.mention("are you there?");

    expect((await served.finalReply(asked)).text).toBe("Hello there.");
    expect(served.slack.socket.opened).toBe(2);
  });
});

describe("everything that needs an acknowledgement", () => {
  it("gets it before any work is done", async () => {
    const served = await botInSlack();
    const { slack, ana, channel } = served;
    const message = await served.finalReply(served.mention("hello"));
    const release = slack.faults.hold("users.info");
    const ben = slack.addUser(served.team, "ben"); // not known yet: the work waits for who it is
    channel.members.add(ben.id);

    const click = await slack.person.press({ user: ben.id, message, actionId: "lfz_correct" });

    expect(click.state).toBe("acknowledged");
    release();
    const view = await slack.until(() => [...slack.world.views.values()][0]);
    const held = slack.faults.hold("chat.postEphemeral");
    const handedIn = await slack.person.submitView(view, { correction: "Better." });
    const command = await slack.person.slash({
      user: ana.id,
      channel: channel.id,
      command: "/lfz",
    });
    const shortcut = await slack.person.shortcut({
      user: ana.id,
      message,
      callbackId: "lfz_explain",
    });

    expect([handedIn, command, shortcut].map(({ state }) => state)).toEqual(
      Array(3).fill("acknowledged"),
    );
    held();
  });
});

describe("with 5 % of all calls failing", () => {
  it.each([11, 12, 13])("every question still gets its one whole reply (%i)", async (seed) => {
    const served = await botInSlack({ script: { reply: () => ["A reply", " in two", " parts."] } });
    const { slack } = served;
    slack.faults.some(0.05, seed);

    const asked = Array.from({ length: 8 }, (_, at) => served.mention(`question ${at}`));
    for (const one of asked) await served.finalReply(one);

    slack.faults.some(0, 1);
    for (const { channel, ts } of asked) {
      const replies = slack.messagesIn(channel, ts).slice(1);
      const shown = replies.map(({ text, blocks }) =>
        String(blocks.find(({ type }) => type === "markdown")?.["text"] ?? text),
      );
      expect(shown).toEqual(["A reply in two parts."]);
      expect(replies[0]?.stream?.state).not.toBe("streaming");
    }
  });
});

describe("where the bot may not speak any more", () => {
  it("a reply in an archived channel is given up, and the next one elsewhere is not", async () => {
    const rest = gate<string>();
    let count = 0;
    const served = await botInSlack({
      script: { reply: () => (count++ === 0 ? ["One. ", rest.opened] : ["Fine."]) },
    });
    const { slack, channel, ana } = served;
    const asked = served.mention("tell me");
    await slack.until(() => slack.messagesIn(asked.channel, asked.ts)[1]?.text === "One.");
    channel.archived = true;
    rest.open("Two.");

    const { channel: pane, thread } = slack.person.openAssistantThread(ana.id);
    const elsewhere = slack.person.say({ channel: pane, user: ana.id, text: "hello", thread });

    expect((await served.finalReply(elsewhere)).text).toBe("Fine.");
    await slack.until(() => slack.callsOf("chat.update").length > 0);
    expect(served.lines.some(({ event }) => event === "stream given up")).toBe(true);
  });
});
