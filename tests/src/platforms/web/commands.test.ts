import { afterEach, describe, expect, it } from "vitest";

import { commands } from "../../../../src/chat/commands/index.ts";
import type { Models, PromotionOrder } from "../../../../src/chat/models.ts";
import { openPage } from "../../../support/bot-page.ts";
import { closeServers } from "../../../support/web-server.ts";

afterEach(closeServers);

describe("the commands over HTTP", () => {
  it("are those the owner may give at the page, with their options", async () => {
    const { ask } = await openPage();

    const { body } = await ask("/v1/commands");

    const offered = commands.filter(({ needsCommunity }) => !needsCommunity);
    expect(body.commands?.map(({ name }) => name)).toEqual(offered.map(({ name }) => name));
    expect(body.commands?.find(({ name }) => name === "feedback")).toEqual({
      name: "feedback",
      summary: "Rate my last reply here",
      options: commands.find(({ name }) => name === "feedback")?.options,
    });
  });

  it.each([
    { line: "persona You are a pirate." },
    { line: "/persona You are a pirate." },
    { name: "persona", options: { text: "You are a pirate." } },
  ])("are given as a line or apart: %j", async (body) => {
    const { ask, settings } = await openPage();

    const answer = await ask("/v1/commands", { body });

    expect(answer).toEqual({
      status: 200,
      body: { text: "That is who I am here from now on." },
    });
    expect(settings.value.communities["web:web"]?.persona).toBe("You are a pirate.");
  });

  it("know the page's replies as the last ones said here", async () => {
    const { give, say, feedback } = await openPage();
    await say("Hello");

    await give("/feedback bad too short");

    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "bad" },
      { kind: "reason", text: "too short" },
    ]);
  });

  it("hand out files, and forget what they showed", async () => {
    const { give, say, replyJournal } = await openPage();
    await say("Hello");

    const data = await give("my-data");
    const gone = await give("forget-me yes");

    expect(data.body.file?.name).toBe("my-data.json");
    expect(data.body.file?.text).toContain('"platform": "web"');
    expect(gone.body.text).toContain("the records of 1 of my replies");
    expect(replyJournal.lines).toEqual([]);
  });

  it("say what is to be said to the bot", async () => {
    const { give } = await openPage();

    expect((await give("/chat How are you?")).body).toEqual({ text: "", ask: "How are you?" });
  });

  it("count as given at the machine: the owner is no second admin to themselves", async () => {
    const orders: PromotionOrder[] = [];
    const models: Models = {
      engineFor: async () => Promise.reject(new Error("nobody is answered here")),
      list: async () => [],
      promote: async (order) => {
        orders.push(order);
        return { kind: "asked", judged: "not judged yet" };
      },
      rollback: async () => ({ from: "b", to: "a" }),
      pair: async () => Promise.reject(new Error("nothing is compared here")),
      answered: () => {},
    };
    const { give } = await openPage({ bot: { models } });

    await give("/promote b");

    expect(orders).toMatchObject([{ by: { who: "terminal:owner", platform: "web" } }]);
  });

  it.each([
    ["/nonsense", 404, "unknown_command", "There is no command nonsense."],
    ["/hepl", 404, "unknown_command", "Did you mean help?"],
    ["/", 404, "unknown_command", "Which command?"],
    ["/reset now please", 422, "refused", "Too many words"],
    ["/settings nonsense on", 422, "refused", "There is no setting nonsense"],
    ["/rollback", 422, "refused", "There is only one model here."],
  ])("answer %s with what is wrong", async (line, status, code, words) => {
    const { give } = await openPage();

    const answer = await give(line);

    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(answer.body.error?.message).toContain(words);
  });

  it.each([
    [{}, "line"],
    [{ line: 5 }, "line"],
    [{ name: "model", line: "model" }, "line"],
    [{ name: "model", options: { a: {} } }, "line"],
    [{ line: "x".repeat(10_001) }, "line"],
  ])("are refused where the body does not fit", async (body, words) => {
    const { ask } = await openPage();

    const answer = await ask("/v1/commands", { body });

    expect([answer.status, answer.body.error?.code]).toEqual([400, "invalid_value"]);
    expect(answer.body.error?.message).toContain(words);
  });

  it.each([
    ["mute", { user: "spammer", minutes: 30 }, "options.user", "minutes, person"],
    ["settings", { name: "temperature", vlaue: "0.3" }, "options.vlaue", "name, value"],
    ["stop-all", { now: true }, "options.now", "none"],
  ])("do nothing with an option they do not have: %s %j", async (name, options, param, takes) => {
    const { ask, settings } = await openPage();
    const before = settings.value;

    const { status, body } = await ask("/v1/commands", { body: { name, options } });

    expect([status, body.error]).toMatchObject([400, { param, code: "invalid_value" }]);
    expect(body.error?.message).toBe(`${param}: this command takes ${takes}.`);
    expect(settings.value).toEqual(before);
  });

  it("that break say so, and the log says why", async () => {
    const { give, settings, lines } = await openPage();
    settings.change = async () => Promise.reject(new Error("ENOSPC"));

    const { status, body } = await give("/stop-all");

    expect([status, body.error?.message]).toEqual([
      500,
      "That did not work; the log of the bot says why.",
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ event: "command failed" }));
  });

  it("are for whoever has the key, or sits at the machine where there is none", async () => {
    const closed = await openPage({ web: { apiKey: "right" } });
    const open = await openPage();
    const key = { authorization: "Bearer right", "x-forwarded-for": "10.0.0.9" };

    expect((await closed.ask("/v1/commands")).status).toBe(401);
    expect((await closed.ask("/v1/commands", { headers: key })).status).toBe(200);
    expect((await open.ask("/v1/commands", { headers: { forwarded: "for=1" } })).status).toBe(403);
    expect((await open.ask("/v1/commands")).status).toBe(200);
  });

  it("are given by no page of another site", async () => {
    const { ask, settings } = await openPage();

    const { status } = await ask("/v1/commands", {
      body: { line: "stop-all" },
      headers: { origin: "http://evil.example" },
    });

    expect(status).toBe(403);
    expect(settings.value.isStopped).toBe(false);
  });

  it("take both methods that fit, and name them", async () => {
    const { server } = await openPage();

    const response = await fetch(`${server.url}/v1/commands`, { method: "DELETE" });

    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });
});
