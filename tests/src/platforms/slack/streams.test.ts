import { describe, expect, it } from "vitest";

import { botInSlack, type BotInSlack } from "../../../support/slack/bot-in-slack.ts";
import { gate } from "../../../support/scripted-engine.ts";
import type { Message } from "../../../support/slack/world.ts";

/** A reply that stops in the middle until the test lets it go on. */
async function heldReply(first: string, second: string) {
  const rest = gate<string>();
  const served = await botInSlack({ script: { reply: () => [first, rest.opened] } });
  const asked = served.mention("tell me");
  const begun = await served.slack.until(() => replyTo(served, asked)[0]);
  await served.slack.until(() => begun.text === first.trim());
  return { ...served, asked, begun, goOn: () => rest.open(second) };
}

function replyTo({ slack }: BotInSlack, asked: Message): Message[] {
  return slack.messagesIn(asked.channel, asked.ts).slice(1);
}

describe("a long reply", () => {
  it("goes on in a new stream before one is full, losing nothing and cutting between words", async () => {
    const words = Array.from({ length: 5000 }, (_, at) => `word${at}`).join(" ");
    const served = await botInSlack({ script: { reply: () => [words] } });
    const asked = served.mention("all words");

    await served.finalReply(asked);

    const parts = replyTo(served, asked);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.map(({ text }) => text.trim()).join(" ")).toBe(words);
    expect(parts.every(({ stream }) => stream?.state === "stopped")).toBe(true);
    expect(served.memory.replies.lines.at(-1)?.messages).toEqual(parts.map(({ ts }) => ts));
  });

  it("closes a fence that is cut, and opens it again", async () => {
    const code = Array.from({ length: 800 }, (_, at) => `const value${at} = ${at};`).join("\n");
    const served = await botInSlack({ script: { reply: () => [`\`\`\`ts\n${code}\n\`\`\``] } });
    const asked = served.mention("code");

    await served.finalReply(asked);

    const parts = replyTo(served, asked).map(({ text }) => text);
    expect(parts).toHaveLength(2);
    expect(parts.every((text) => text.startsWith("```ts\n") && text.endsWith("```"))).toBe(true);
  });

  it("goes on in a new stream before five minutes are over", async () => {
    const served = await heldReply("One. ", "Two.");
    served.slack.clock.advance(4 * 60_000 + 1);
    served.goOn();

    await served.finalReply(served.asked);

    expect(replyTo(served, served.asked)).toMatchObject([
      { text: "One.", stream: { state: "stopped" } },
      { text: "Two.", stream: { state: "stopped" } },
    ]);
  });

  it("is written on by edits where Slack has ended the stream", async () => {
    const served = await heldReply("One. ", "Two.");
    served.slack.clock.advance(6 * 60_000);
    served.goOn();

    const reply = await served.finalReply(served.asked);

    expect(replyTo(served, served.asked)).toHaveLength(1);
    expect(shownIn(reply)).toBe("One. Two.");
  });
});

describe("a stream that breaks", () => {
  it.each([
    ["is refused", { kind: "refused", error: "channel_type_not_supported" }],
    ["cannot be begun", { kind: "server-error" }],
    ["is begun without an answer", { kind: "server-error-after-write" }],
  ] as const)("%s: the reply is posted and edited, once", async (_, fault) => {
    const served = await botInSlack();
    served.slack.faults.next("chat.startStream", fault);
    const asked = served.mention("hello");

    const reply = await served.finalReply(asked);

    expect(replyTo(served, asked)).toHaveLength(1);
    expect(shownIn(reply)).toBe("Hello there.");
    expect(reply.stream?.state).not.toBe("streaming");
  });

  it.each([
    ["fails", { kind: "server-error" }],
    ["takes effect without an answer", { kind: "server-error-after-write" }],
    ["is cut off", { kind: "dropped" }],
  ] as const)("an append that %s loses no text and doubles none", async (_, fault) => {
    const served = await heldReply("One. ", "Two.");
    served.slack.faults.next("chat.appendStream", fault);
    served.goOn();

    const reply = await served.finalReply(served.asked);

    expect(shownIn(reply)).toBe("One. Two.");
    expect(replyTo(served, served.asked)).toHaveLength(1);
  });

  it("is written anew where somebody deleted its message", async () => {
    const served = await heldReply("One. ", "Two.");
    served.begun.deleted = true;
    served.goOn();

    const reply = await served.finalReply(served.asked);

    expect(reply.ts).not.toBe(served.begun.ts);
    expect(shownIn(reply)).toBe("One. Two.");
  });

  it("waits as long as a 429 on append says, and goes on", async () => {
    const served = await heldReply("One. ", "Two.");
    served.slack.faults.next("chat.appendStream", { kind: "rate-limited", retryAfter: 0 });
    served.goOn();

    expect((await served.finalReply(served.asked)).text).toBe("One. Two.");
    expect(served.slack.callsOf("chat.appendStream").map(({ status }) => status)).toContain(429);
  });

  it("is ended by an edit where the last call gets no answer", async () => {
    const served = await botInSlack();
    served.slack.faults.next("chat.stopStream", { kind: "server-error-after-write" });

    const reply = await served.finalReply(served.mention("hello"));

    expect(shownIn(reply)).toBe("Hello there.");
  });
});

describe("a reply is ended", () => {
  it("by Slack's stop button, and the model writes no more", async () => {
    const served = await heldReply("One. ", "Two.");
    const ended = served.engine.nextEnd();
    const { channel, ts: thread } = served.asked;
    served.slack.person.stopSession({ user: served.ana.id, channel, thread });

    expect(await ended).toBe("abort");
    const reply = await served.finalReply(served.asked);
    expect(reply.text).toContain("One.");
    expect(JSON.stringify(reply.blocks)).toContain("Stopped.");
  });

  it("by our own button where Slack has none, which is then gone", async () => {
    const rest = gate<string>();
    const served = await botInSlack({ script: { reply: () => ["One. ", rest.opened] } });
    const unknown = { kind: "refused", error: "unknown_method" } as const;
    served.slack.faults.always("agents.sessions.setStatus", unknown);
    const asked = served.mention("tell me");
    const message = await served.slack.until(() =>
      replyTo(served, asked).find(({ blocks }) => JSON.stringify(blocks).includes("lfz_stop")),
    );
    const ended = served.engine.nextEnd();

    await served.slack.person.press({ user: served.ana.id, message, actionId: "lfz_stop" });

    expect(await ended).toBe("abort");
    const reply = await served.finalReply(asked);
    expect(JSON.stringify(reply.blocks)).not.toContain("lfz_stop");
  });

  it("as a stream all the same where Slack takes no button into one", async () => {
    const served = await botInSlack();
    const refused = (error: string) => ({ kind: "refused", error }) as const;
    served.slack.faults.always("agents.sessions.setStatus", refused("unknown_method"));
    served.slack.faults.next("chat.startStream", refused("invalid_chunks"));

    const reply = await served.finalReply(served.mention("hello"));

    expect(reply.stream?.state).toBe("stopped");
    expect(replyTo(served, served.slack.messagesIn(reply.channel)[0] ?? reply)).toHaveLength(1);
  });

  it("with a word when the bot has to go, and no stream stays open", async () => {
    const served = await heldReply("One. ", "Two.");

    await served.stop();

    const [reply] = replyTo(served, served.asked);
    expect(reply?.stream?.state).toBe("stopped");
    expect(JSON.stringify(reply?.blocks)).toContain("restarted");
  });

  it("without a trace when its question is deleted", async () => {
    const served = await heldReply("One. ", "Two.");
    const ended = served.engine.nextEnd();

    served.slack.person.delete(served.asked);

    expect(await ended).toBe("abort");
    await served.slack.until(() => replyTo(served, served.asked).length === 0);
  });

  it("and begun anew when its question is edited", async () => {
    let asked = 0;
    const never = gate<string>();
    const served = await botInSlack({
      script: { reply: () => (asked++ === 0 ? ["Wrong. ", never.opened] : ["Right."]) },
    });
    const question = served.mention("waht?");
    await served.slack.until(() => replyTo(served, question)[0]?.text === "Wrong.");

    served.slack.person.edit(question, question.text.replace("waht", "what"));

    const reply = await served.finalReply(question);
    expect(shownIn(reply)).toBe("Right.");
    expect(served.engine.requests.at(-1)?.messages).toEqual([{ role: "user", content: "what?" }]);
  });

  it("with an error in words, and a way to try again", async () => {
    const served = await botInSlack({
      script: {
        reply: () => {
          throw new Error("out of memory at /secret/path");
        },
      },
    });

    const reply = await served.finalReply(served.mention("hello"));

    expect(JSON.stringify(reply)).toContain("something went wrong");
    expect(JSON.stringify(reply)).not.toContain("secret");
  });

  it("in the socket's absence too: replies need no connection", async () => {
    const served = await heldReply("One. ", "Two.");
    served.slack.socket.drop();
    served.goOn();

    expect((await served.finalReply(served.asked)).text).toBe("One. Two.");
    await served.slack.until(() => served.slack.socket.connections === 1);
  });
});

/** What people read: after an edit that is the block, not the text beside it. */
function shownIn({ text, blocks }: Message): unknown {
  return blocks.find(({ type }) => type === "markdown")?.["text"] ?? text;
}
