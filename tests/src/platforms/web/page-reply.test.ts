import { afterEach, describe, expect, it } from "vitest";

import { openPage } from "../../../support/bot-page.ts";
import { gate } from "../../../support/scripted-engine.ts";
import { closeServers } from "../../../support/web-server.ts";

afterEach(closeServers);

describe("a reply on the page", () => {
  it("is kept as a reply of the bot, without a word of it", async () => {
    const { say, replyJournal, contexts, clock } = await openPage({ script: { droppedTurns: 2 } });

    const { reply_id: id, words_kept: isLearntFrom } = await say("Hello", { seed: 7 });

    expect(isLearntFrom).toBe(false);
    expect(contexts.lines).toEqual([]);
    expect(replyJournal.lines).toEqual([
      {
        id,
        at: clock.now(),
        place: { platform: "web", channel: "web", isDirect: true },
        asker: expect.stringMatching(/^[0-9a-f]{20}$/),
        question: [id],
        messages: [id],
        outcome: "finished",
        model: "starter",
        seed: 7,
        promptTokens: 7,
        tokens: 3,
        droppedTurns: 2,
        firstTokenMs: 12.4,
        tokensPerSecond: 1060.7,
        certainty: { meanProbability: 0.5, perplexity: 2 },
        temperature: 0.5,
        topP: 0.95,
      },
    ]);
  });

  it("has its words kept too, once the owner opted in", async () => {
    const { say, give, contexts, replyJournal } = await openPage();
    await give("/opt-in");

    const { words_kept: isLearntFrom } = await say("Hello");

    const [reply] = replyJournal.lines;
    expect(isLearntFrom).toBe(true);
    expect(contexts.lines).toMatchObject([
      {
        id: reply?.context,
        place: { platform: "web", channel: "web" },
        turns: [{ role: "user", content: "Hello", author: reply?.asker }],
        reply: "Hello there.",
      },
    ]);
  });

  it("is not kept if its asker says forget-me while it is written", async () => {
    const begun = gate();
    const rest = gate<string>();
    const reply = () => {
      begun.open();
      return ["Half ", rest.opened];
    };
    const { say, give, replies, clock } = await openPage({ script: { reply } });
    const saying = say("A secret");
    await begun.opened;
    await clock.advance(1);

    await give("/forget-me yes");
    await clock.advance(1);
    rest.open("done.");

    expect(await saying).not.toHaveProperty("reply_id");
    expect([...replies.all()]).toEqual([]);
    await clock.advance(1);
    expect(await say("What now?")).toHaveProperty("reply_id");
  });

  it("is named at the end of a stream", async () => {
    const { server, replyJournal } = await openPage();

    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        messages: [{ role: "user", content: "Hello" }],
        stream: true,
        lfz: { keep: true },
      }),
    });

    const last = (await response.text()).split("\n\n").at(-3) ?? "";
    expect(JSON.parse(last.replace("data: ", ""))).toMatchObject({
      lfz: { reply_id: replyJournal.lines[0]?.id, words_kept: false },
    });
  });

  it("follows what is set for the page, except where the request says otherwise", async () => {
    const { say, give, engine } = await openPage();
    await give("/persona You are a pirate.");
    await give("/settings length 20");
    await give("/settings temperature 0.3");

    await say("Hello");
    await say("Hello", { temperature: 1, max_tokens: 5 });

    expect(engine.requests[0]).toMatchObject({
      messages: [{ role: "system", content: "You are a pirate." }, { content: "Hello" }],
      maxTokens: 20,
      sampling: { temperature: 0.3 },
    });
    expect(engine.requests[1]).toMatchObject({ maxTokens: 5, sampling: { temperature: 1 } });
  });

  it.each([
    ["/stop-all", "switched off"],
    ["/mute 5", "quiet here"],
  ])("is refused after %s", async (line, words) => {
    const { ask, give, engine } = await openPage();
    await give(line);

    const { status, body } = await ask("/v1/chat/completions", {
      body: { messages: [{ role: "user", content: "Hello" }], lfz: { keep: true } },
    });

    expect(status).toBe(503);
    expect(body.error?.message).toContain(words);
    expect(engine.requests).toEqual([]);
  });

  it.each([
    ["a client that did not ask for it", {}, {}, {}],
    ["a stranger whom a proxy lets in", { lfz: { keep: true } }, { "x-forwarded-for": "::2" }, {}],
    ["silence", { lfz: { keep: true } }, {}, { reply: () => [], finishReason: "silence" as const }],
  ])("is nothing that is kept for %s", async (_, more, headers, script) => {
    const { ask, replyJournal } = await openPage({ script });

    const { status, body } = await ask("/v1/chat/completions", {
      body: { messages: [{ role: "user", content: "Hello" }], ...more },
      headers,
    });

    expect(status).toBe(200);
    expect(body.lfz).not.toHaveProperty("reply_id");
    expect(replyJournal.lines).toEqual([]);
  });

  it("is answered, though it cannot be rated, where the disk takes nothing", async () => {
    const { say, replyJournal, lines } = await openPage();
    replyJournal.append = async () => Promise.reject(new Error("ENOSPC"));

    const report = await say("Hello");

    expect(report).not.toHaveProperty("reply_id");
    expect(report).toHaveProperty("silence", false);
    expect(lines).toContainEqual(expect.objectContaining({ event: "reply not kept" }));
  });
});
