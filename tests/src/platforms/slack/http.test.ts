import { describe, expect, it } from "vitest";

import { botInSlack } from "../../../support/slack/bot-in-slack.ts";
import { exampleWorkspace } from "../../../support/slack/example-workspace.ts";

async function overHttp() {
  const workspace = await exampleWorkspace({ start: Date.now() }); // signatures carry the real time
  const { signingSecret } = workspace.slack.app;
  const options = { appToken: undefined, signingSecret };
  const served = await botInSlack({ workspace, options });
  served.slack.http.deliverTo(`${served.url}/slack/events`);
  return served;
}

describe("over signed HTTP", () => {
  it("the bot hears, answers and takes clicks as over a socket", async () => {
    const served = await overHttp();
    const { slack, ana } = served;
    const message = await served.finalReply(served.mention("hello"));
    expect(message.text).toBe("Hello there.");

    const reply = served.memory.replies.lines.at(-1)?.id;
    const value = `good:${reply}`;
    const click = await slack.person.press({ user: ana.id, message, actionId: "lfz_rate", value });

    expect(click).toMatchObject({ state: "acknowledged", attempts: 1 });
    await slack.until(() => served.memory.feedback.lines.length === 1);
  });

  it("every request that is not Slack's, or not of now, is refused", async () => {
    const { slack } = await overHttp();
    const challenge = { type: "url_verification", challenge: "riddle" };
    const status = async (spoiled?: Parameters<typeof slack.http.send>[1]) =>
      (await slack.http.send(challenge, spoiled)).status;

    expect(await status()).toBe(200);
    expect(await status({ secret: "guessed" })).toBe(401);
    expect(await status({ body: JSON.stringify({ ...challenge, challenge: "x" }) })).toBe(401);
    expect(await status({ unsigned: true })).toBe(401);
    expect(await status({ skew: -301 })).toBe(401);
    expect(await status({ skew: 301 })).toBe(401);
    expect(await status({ skew: 3600 })).toBe(401);
  });

  it("there is nothing else to be found", async () => {
    const { url } = await overHttp();
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/slack/events`)).status).toBe(404);
    expect((await fetch(`${url}/slack/install`)).status).toBe(404);
  });

  it("a port that is taken is named", async () => {
    const { url } = await overHttp();
    const port = Number(new URL(url ?? "").port);
    const workspace = await exampleWorkspace();
    const { signingSecret } = workspace.slack.app;
    const second = botInSlack({ workspace, options: { appToken: undefined, signingSecret, port } });
    await expect(second).rejects.toThrow(`port ${port}`);
  });
});
