import { App } from "@slack/bolt";
import { describe, expect, it, onTestFinished } from "vitest";

import { gate } from "../scripted-engine.ts";
import { silentBolt, socketApp } from "./bolt-app.ts";
import type { Delivery } from "./deliveries.ts";
import { exampleWorkspace } from "./example-workspace.ts";

describe("a Bolt app in Socket Mode", () => {
  it("hears a mention twice and acknowledges both, and answers in the thread", async () => {
    const { slack, bot, ana, channel } = await exampleWorkspace();
    const app = await socketApp(slack, bot.token);
    const heard: string[] = [];
    app.event("message", async () => void heard.push("message"));
    app.event("app_mention", async ({ event, say }) => {
      heard.push("app_mention");
      await say({ text: "Hi.", thread_ts: event.ts });
    });

    const asked = slack.person.say({
      channel: channel.id,
      user: ana.id,
      text: `<@${bot.botUserId}> hello`,
    });
    const answer = await slack.until(() => slack.messagesIn(channel.id, asked.ts)[1]);

    expect(answer).toMatchObject({ text: "Hi.", user: bot.botUserId, threadTs: asked.ts });
    await slack.until(() => slack.deliveries.log.every(isAcknowledged));
    expect(heard.toSorted()).toEqual(["app_mention", "message"]);
  });

  it("gets an event again that it did not acknowledge, and a command only once", async () => {
    const { slack, bot, ana, channel } = await exampleWorkspace();
    const app = await socketApp(slack, bot.token);
    const retries: unknown[] = [];
    const commanded = gate();
    app.command("/lfz", async () => commanded.open()); // and never acknowledges
    app.event("message", async ({ context }) => void retries.push(context.retryNum));

    slack.socket.drop();
    slack.person.say({ channel: channel.id, user: ana.id, text: "waits for a connection" });
    const event = await slack.until(() => slack.deliveries.log.find(isAcknowledged));
    slack.deliveries.again(event);
    await slack.until(() => isAcknowledged(event));

    const command = slack.person.slash({ channel: channel.id, user: ana.id, command: "/lfz" });
    await commanded.opened;
    slack.clock.advance(3000);
    expect(await command).toMatchObject({ state: "failed", attempts: 1 });
    expect(retries).toEqual([0, 1]);
  });

  it.each(["warning", "refresh_requested"] as const)(
    "connects anew when asked to: %s",
    async (reason) => {
      const { slack, bot, ana, channel } = await exampleWorkspace();
      await socketApp(slack, bot.token);

      slack.socket.disconnect(reason);
      await slack.until(() => slack.socket.opened > 1 && slack.socket.connections === 1);
      slack.person.say({ channel: channel.id, user: ana.id, text: "still there?" });

      const event = await slack.until(() => slack.deliveries.log.find(isAcknowledged));
      expect(event.payload["event"]).toMatchObject({ text: "still there?" });
    },
  );

  it("is refused with a bad app token", async () => {
    const { slack, bot } = await exampleWorkspace();
    const app = new App({
      token: bot.token,
      appToken: "xapp-wrong",
      socketMode: true,
      clientOptions: { slackApiUrl: slack.apiUrl },
      deferInitialization: true,
      logger: silentBolt,
    });
    onTestFinished(async () => void (await app.stop()));
    await app.init();

    await expect(app.start()).rejects.toThrow("invalid_auth");
  });
});

const isAcknowledged = ({ state }: Delivery) => state === "acknowledged";
