import { describe, expect, it } from "vitest";

import { STALE } from "../../../../src/chat/platform.ts";
import { botInSlack, type BotInSlack } from "../../../support/slack/bot-in-slack.ts";
import type { Message } from "../../../support/slack/world.ts";

async function withReply() {
  const served = await botInSlack();
  const asked = served.mention("hello");
  const message = await served.finalReply(asked);
  const reply = served.memory.replies.lines.at(-1)?.id ?? "";
  const press = (actionId: string, value?: string, user = served.ana.id) =>
    served.slack.person.press({ user, message, actionId, ...(value && { value }) });
  return { ...served, asked, message, reply, press };
}

/** What only ana sees. */
function whispers({ slack, ana }: BotInSlack): string[] {
  return slack.world.messages.filter(({ ephemeralFor }) => ephemeralFor === ana.id).map(textOf);
}

function textOf({ text, blocks }: Message): string {
  return String(blocks.find(({ type }) => type === "markdown")?.["text"] ?? text);
}

describe("the buttons under a reply", () => {
  it("rate it: the last click counts", async () => {
    const served = await withReply();
    await served.press("lfz_rate", `good:${served.reply}`);
    await served.slack.until(() => served.memory.feedback.lines.length === 1);
    await served.press("lfz_rate", `bad:${served.reply}`);
    await served.slack.until(() => served.memory.feedback.lines.length === 2);

    expect(served.memory.feedback.lines).toMatchObject([
      { kind: "rating", verdict: "good", reply: served.reply },
      { kind: "rating", verdict: "bad", reply: served.reply },
    ]);
    await served.slack.until(() => whispers(served).some((text) => text.startsWith("👍")));
  });

  it("ask after a thumb down for a reason and a better answer", async () => {
    const served = await withReply();
    await served.press("lfz_rate", `bad:${served.reply}`);
    const view = await served.slack.until(() => [...served.slack.world.views.values()][0]);

    const handedIn = await served.slack.person.submitView(view, {
      reason: "too short",
      correction: "Hello, friend.",
    });

    expect(handedIn.state).toBe("acknowledged");
    await served.slack.until(() => served.memory.feedback.lines.length === 3);
    expect(served.memory.feedback.lines.slice(1)).toMatchObject([
      { kind: "reason", text: "too short" },
      { kind: "correction", text: "Hello, friend." },
    ]);
  });

  it("teach a better answer", async () => {
    const served = await withReply();
    await served.press("lfz_correct");
    const view = await served.slack.until(() => [...served.slack.world.views.values()][0]);
    await served.slack.person.submitView(view, { correction: "Better." });

    await served.slack.until(() => served.memory.feedback.lines.length === 1);
    expect(served.memory.feedback.lines[0]).toMatchObject({ kind: "correction", text: "Better." });
  });

  it("say it again in the same place", async () => {
    const served = await withReply();
    await served.press("lfz_again");
    await served.slack.until(() => served.memory.replies.lines.length === 3);

    expect(served.engine.requests).toHaveLength(2);
    expect(served.slack.messagesIn(served.asked.channel, served.asked.ts)).toHaveLength(2);
    expect(served.memory.replies.lines.at(-1)?.messages).toEqual([served.message.ts]);
  });

  it("remove it, for whoever asked only", async () => {
    const served = await withReply();
    const ben = served.slack.addUser(served.team, "ben");
    served.channel.members.add(ben.id);
    await served.press("lfz_remove", served.reply, ben.id);
    await served.slack.until(() => served.slack.callsOf("chat.postEphemeral").length === 1);
    expect(served.message.deleted).toBe(false);

    await served.press("lfz_remove");

    await served.slack.until(() => served.message.deleted);
  });

  it("go on working after a restart", async () => {
    const before = await withReply();
    await before.stop();
    const { memory, slack, ana } = await botInSlack({ workspace: before, memory: before.memory });

    const value = `good:${before.reply}`;
    await slack.person.press({
      user: ana.id,
      message: before.message,
      actionId: "lfz_rate",
      value,
    });

    const [line] = await slack.until(
      () => memory.feedback.lines.length === 1 && memory.feedback.lines,
    );
    expect(line).toMatchObject({ kind: "rating", verdict: "good", reply: before.reply });
  });

  it.each([
    ["lfz_rate", "good:unknown"],
    ["lfz_rate", "great:unknown"],
    ["lfz_stop", "unknown"],
    ["lfz_correct", "unknown"],
    ["lfz_again", "unknown"],
    ["lfz_remove", "unknown"],
    ["something_else", "unknown"],
  ])("say so where the reply is unknown: %s %s", async (actionId, value) => {
    const served = await withReply();
    const click = await served.press(actionId, value);

    expect(click.state).toBe("acknowledged");
    await served.slack.until(() => whispers(served).includes(STALE));
  });

  it("take no form that is not ours", async () => {
    const served = await withReply();
    await served.press("lfz_correct");
    const view = await served.slack.until(() => [...served.slack.world.views.values()][0]);
    const forged = [
      { ...view, view: { ...view.view, private_metadata: "{" } },
      { ...view, view: { ...view.view, private_metadata: '{"reply":"../../x","channel":1}' } },
    ];
    for (const one of forged) await served.slack.person.submitView(one, { correction: "x" });
    await served.slack.person.submitView(view, { correction: { value: { $gt: "" } } });
    await served.slack.person.submitView(view, { correction: "x".repeat(100_000) });

    await served.slack.until(() => whispers(served).some((text) => text.includes("too long")));
    expect(served.memory.feedback.lines).toEqual([]);
    expect(served.lines.filter(({ event }) => event === "a form that is not ours")).toHaveLength(3);
  });
});

describe("reactions on a reply", () => {
  it("count, and so does taking them away", async () => {
    const served = await withReply();
    served.slack.person.react(served.message, served.ana.id, "+1");
    await served.slack.until(() => served.memory.feedback.lines.length === 1);
    served.slack.person.unreact(served.message, served.ana.id, "+1");
    await served.slack.until(() => served.memory.feedback.lines.length === 2);

    expect(served.memory.feedback.lines).toMatchObject([
      { kind: "rating", verdict: "good" },
      { kind: "retraction" },
    ]);
  });

  it("that were followed by another may go without taking that back", async () => {
    const { slack, message, ana, lines, memory } = await withReply();
    const taken = (count: number) =>
      slack.until(() => lines.filter(({ event }) => event === "reaction").length === count);

    slack.person.react(message, ana.id, "+1");
    await taken(1);
    slack.person.react(message, ana.id, "-1");
    await taken(2);
    slack.person.unreact(message, ana.id, "+1");
    await taken(3);

    expect(memory.feedback.lines).toMatchObject([
      { kind: "rating", verdict: "good" },
      { kind: "rating", verdict: "bad" },
    ]);
  });
});

describe("the shortcuts of a message", () => {
  it("teach a better answer", async () => {
    const { slack, ana, message } = await withReply();
    await slack.person.shortcut({ user: ana.id, message, callbackId: "lfz_teach" });
    const view = await slack.until(() => [...slack.world.views.values()][0]);
    expect(view.view).toMatchObject({ type: "modal", callback_id: "lfz_feedback" });
  });

  it("explain a reply, and nothing else", async () => {
    const served = await withReply();
    const { slack, ana, asked, message } = served;
    const explain = (of: Message) =>
      slack.person.shortcut({ user: ana.id, message: of, callbackId: "lfz_explain" });
    await explain(message);
    await slack.until(() =>
      whispers(served).some((text) => text.includes("**starter** wrote this")),
    );
    await explain(asked);
    await slack.until(() => whispers(served).length === 2);
    expect(whispers(served).at(-1)).toBe(STALE);
  });
});
