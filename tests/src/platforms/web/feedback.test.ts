import { afterEach, describe, expect, it } from "vitest";

import { openPage, type PageParts } from "../../../support/bot-page.ts";
import { ANNA, message } from "../../../support/chat/paper-stage.ts";
import { closeServers } from "../../../support/web-server.ts";

afterEach(closeServers);

async function rated(parts?: PageParts) {
  const opened = await openPage(parts);
  const { reply_id: reply } = await opened.say("Hello");
  const rate = (body: object, headers: Record<string, string> = {}) =>
    opened.ask("/v1/feedback", { body: { reply, ...body }, headers });
  return { ...opened, reply, rate };
}

describe("feedback from the page", () => {
  it("is a thumb, a reason and a better answer, as in any chat", async () => {
    const { rate, feedback, reply } = await rated();

    const down = await rate({ verdict: "bad" });
    const why = await rate({ reason: " too short " });
    const better = await rate({ correction: "Hello, friend." });

    expect(down).toMatchObject({ status: 200, body: { text: expect.stringContaining("Noted") } });
    expect(why.body.text).toContain("that helps");
    expect(better.body.text).toContain("I keep that as the better answer");
    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "bad", reply, model: "starter" },
      { kind: "reason", text: "too short", reply },
      { kind: "correction", text: "Hello, friend.", reply },
    ]);
  });

  it("can be given at once, and is thanked for once", async () => {
    const { rate, feedback } = await rated();

    const { body } = await rate({ verdict: "bad", reason: "wrong", correction: "Right." });

    expect(body.text).toContain("better answer");
    expect(feedback.lines.map(({ kind }) => kind)).toEqual(["rating", "reason", "correction"]);
  });

  it("says that it is learnt from only after an opt-in", async () => {
    const { rate, give } = await rated();

    const before = await rate({ verdict: "good" });
    await give("opt-in");
    const after = await rate({ verdict: "bad" });

    expect(before.body.text).toContain("`opt-in`");
    expect(after.body.text).not.toContain("`opt-in`");
  });

  it("is taken back with null", async () => {
    const { rate, feedback } = await rated();
    await rate({ verdict: "good" });

    const { body } = await rate({ verdict: null });

    expect(body.text).toBe("Taken back.");
    expect(feedback.lines.map(({ kind }) => kind)).toEqual(["rating", "retraction"]);
  });

  it.each([
    [{}, "say something of the reply"],
    [{ verdict: "great" }, "verdict"],
    [{ reason: "  " }, "reason"],
    [{ correction: "x".repeat(4001) }, "correction"],
    [{ stars: 5 }, "stars"],
    [{ verdict: "good", reply: 7 }, "reply"],
  ])("is refused where it does not fit: %j", async (body, words) => {
    const { rate, feedback } = await rated();

    const answer = await rate(body);

    expect(answer.status).toBe(400);
    expect(answer.body.error?.message).toContain(words);
    expect(feedback.lines).toEqual([]);
  });

  it("is for replies that are remembered", async () => {
    const { rate } = await rated();

    const { status, body } = await rate({ verdict: "good", reply: "0".repeat(20) });

    expect([status, body.error?.code]).toEqual([404, "unknown_reply"]);
    expect(body.error?.message).toContain("too old for me to remember");
  });

  it("is not for replies to others, met elsewhere", async () => {
    const opened = await openPage();
    const { stage } = await opened.sayInChat(message("Hi", { author: ANNA }));

    const { status } = await opened.ask("/v1/feedback", {
      body: { reply: stage.reply.id, verdict: "bad" },
    });

    expect(status).toBe(404);
    expect(opened.feedback.lines).toEqual([]);
  });

  it("is for whoever owns the machine, from no other page", async () => {
    const { rate, feedback } = await rated({ web: { apiKey: "right" } });
    const open = await rated();

    expect((await rate({ verdict: "good" })).status).toBe(401);
    expect((await open.rate({ verdict: "good" }, { forwarded: "for=10.0.0.9" })).status).toBe(403);
    expect((await open.rate({ verdict: "good" }, { "content-type": "text/plain" })).status).toBe(
      415,
    );
    expect([...feedback.lines, ...open.feedback.lines]).toEqual([]);
  });

  it("that cannot be kept is not said to be kept", async () => {
    const { rate, feedback } = await rated();
    feedback.append = async () => Promise.reject(new Error("ENOSPC"));

    const { status, body } = await rate({ verdict: "good" });

    expect([status, body.error?.message]).toEqual([
      500,
      "That did not work; the log of the bot says why.",
    ]);
  });
});
