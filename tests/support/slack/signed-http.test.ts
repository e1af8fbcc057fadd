import { describe, expect, it } from "vitest";

import { httpApp } from "./bolt-app.ts";
import { exampleWorkspace } from "./example-workspace.ts";

describe("a Bolt app over signed HTTP", () => {
  it("hears events, commands and clicks, and acknowledges them", async () => {
    const { slack, bot, ana, channel } = await exampleWorkspace();
    const app = await httpApp(slack, bot.token);
    app.event("message", async ({ event, say }) => {
      if (!("bot_id" in event)) await say({ text: "Hi.", blocks: [button] });
    });
    app.command("/lfz", async ({ command, ack }) => ack(`you said ${command.text}`));
    const pressed: string[] = [];
    app.action("go", async ({ ack, action }) => {
      await ack();
      pressed.push("value" in action ? String(action.value) : "");
    });

    slack.person.say({ channel: channel.id, user: ana.id, text: "hello" });
    const message = await slack.until(() => slack.messagesIn(channel.id)[1]);
    const click = await slack.person.press({ user: ana.id, message, actionId: "go" });
    const command = await slack.person.slash({
      user: ana.id,
      channel: channel.id,
      command: "/lfz",
      text: "help me",
    });

    expect(pressed).toEqual(["42"]);
    expect(click.state).toBe("acknowledged");
    expect(command.response).toBe("you said help me");
  });

  it("refuses what is forged, altered, unsigned or old, and answers the challenge", async () => {
    const { slack, bot } = await exampleWorkspace();
    await httpApp(slack, bot.token);
    const challenge = { type: "url_verification", challenge: "riddle", token: "…" };
    const status = async (...spoiled: Parameters<typeof slack.http.send>) =>
      (await slack.http.send(...spoiled)).status;

    expect(await (await slack.http.send(challenge)).json()).toEqual({ challenge: "riddle" });
    expect(await status(challenge, { secret: "guessed" })).toBe(401);
    expect(await status(challenge, { body: '{"type":"url_verification"}' })).toBe(401);
    expect(await status(challenge, { unsigned: true })).toBe(401);
    expect(await status(challenge, { skew: -301 })).toBe(401);
  });

  it("accepts a request from the future, which our own receiver must not", async () => {
    const { slack, bot } = await exampleWorkspace();
    await httpApp(slack, bot.token);

    const answer = await slack.http.send(
      { type: "url_verification", challenge: "c" },
      { skew: 3600 },
    );

    expect(answer.status).toBe(200);
  });
});

const button = {
  type: "actions",
  elements: [
    { type: "button", action_id: "go", value: "42", text: { type: "plain_text", text: "Go" } },
  ],
};
