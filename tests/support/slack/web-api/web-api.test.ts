import { webApi } from "@slack/bolt";
import { describe, expect, it } from "vitest";

import { silentBolt } from "../bolt-app.ts";
import { exampleWorkspace, type ExampleWorkspace } from "../example-workspace.ts";
import { required } from "../world.ts";

const clientFor = ({ slack }: ExampleWorkspace, token: string, retries = 0) =>
  new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries, minTimeout: 1 },
    logger: silentBolt,
  });

async function inThread(retries = 0) {
  const workspace = await exampleWorkspace();
  const { slack, bot, ana, channel, team } = workspace;
  const { ts } = slack.person.say({ channel: channel.id, user: ana.id, text: "tell me" });
  const where = { channel: channel.id, thread_ts: ts };
  const recipient = { recipient_team_id: team.id, recipient_user_id: ana.id };
  return { ...workspace, client: clientFor(workspace, bot.token, retries), where, recipient };
}

describe("the Web API", () => {
  it("says who the bot is and what it may do", async () => {
    const workspace = await exampleWorkspace();
    const { bot, team } = workspace;

    const answer = await clientFor(workspace, bot.token).auth.test();

    expect(answer).toMatchObject({ user_id: bot.botUserId, team_id: team.id });
    expect(answer.response_metadata?.scopes).toEqual(bot.scopes);
  });

  it("refuses a token it does not know, one that was taken back, and none at all", async () => {
    const workspace = await exampleWorkspace();
    const { slack, team, bot } = workspace;

    await expect(clientFor(workspace, "xoxb-guessed").auth.test()).rejects.toThrow("invalid_auth");
    await expect(clientFor(workspace, "").auth.test()).rejects.toThrow("not_authed");
    slack.person.uninstall(team.id);
    await expect(clientFor(workspace, bot.token).auth.test()).rejects.toThrow("account_inactive");
  });

  it("names the scope that is missing", async () => {
    const workspace = await exampleWorkspace();
    const { slack, channel } = workspace;
    const { team, bot } = slack.addTeam("Small", { scopes: ["chat:write"] });
    const room = slack.addChannel(team, "room", [bot.botUserId]);
    const client = clientFor(workspace, bot.token);

    const refused = client.conversations.history({ channel: room.id });
    await expect(refused).rejects.toMatchObject({
      data: { error: "missing_scope", needed: "channels:history", provided: "chat:write" },
    });
    const foreign = client.chat.postMessage({ channel: channel.id, text: "hi" });
    await expect(foreign).rejects.toThrow("channel_not_found");
  });

  it("keeps writers out of archived and foreign rooms, and long or empty texts out of any", async () => {
    const { slack, team, client, where } = await inThread();
    const other = slack.addChannel(team, "other", []);
    const say = (channel: string, text: string) => client.chat.postMessage({ channel, text });

    await expect(say(other.id, "hi")).rejects.toThrow("not_in_channel");
    await expect(say(where.channel, "")).rejects.toThrow("no_text");
    await expect(say(where.channel, "x".repeat(40_001))).rejects.toThrow("msg_too_long");
    required(slack.world.channels, where.channel).archived = true;
    await expect(say(where.channel, "hi")).rejects.toThrow("is_archived");
  });

  it("keeps the history of a message that is changed, and forgets one that is deleted", async () => {
    const { slack, client, where } = await inThread();
    const { channel } = where;
    const { ts = "" } = await client.chat.postMessage({ ...where, text: "one" });
    await client.chat.update({ channel, ts, text: "two" });
    expect(slack.messagesIn(channel).at(-1)?.revisions).toEqual(["one", "two"]);

    await client.chat.delete({ channel, ts });

    await expect(client.chat.update({ channel, ts, text: "three" })).rejects.toThrow(
      "message_not_found",
    );
    const { messages } = await client.conversations.replies({ channel, ts: where.thread_ts });
    expect(messages).toHaveLength(1);
  });

  it("gives a long thread in pages", async () => {
    const { slack, ana, client, where } = await inThread();
    const { channel, thread_ts: thread } = where;
    for (const text of ["a", "b", "c"]) slack.person.say({ channel, user: ana.id, text, thread });

    const texts: unknown[] = [];
    const pages = client.paginate("conversations.replies", { channel, ts: thread, limit: 2 });
    for await (const page of pages)
      texts.push((page as webApi.ConversationsRepliesResponse).messages);

    expect(texts).toMatchObject([
      [{ text: "tell me" }, { text: "a" }],
      [{ text: "b" }, { text: "c" }],
    ]);
  });

  it("waits as long as a 429 says, and tries again", async () => {
    const { slack, client, where } = await inThread(1);
    slack.faults.next("chat.postMessage", { kind: "rate-limited", retryAfter: 0 });

    await client.chat.postMessage({ ...where, text: "patience" });

    expect(slack.callsOf("chat.postMessage").map(({ status }) => status)).toEqual([429, 200]);
  });

  it("may lose the answer of a call that took effect", async () => {
    const { slack, client, where } = await inThread();
    slack.faults.next("chat.postMessage", { kind: "server-error-after-write" });

    await expect(client.chat.postMessage({ ...where, text: "once" })).rejects.toThrow("500");

    expect(slack.messagesIn(where.channel).at(-1)?.text).toBe("once");
  });

  it("fails a share of all calls, the same ones for the same seed", async () => {
    const { slack, client } = await inThread();
    slack.faults.some(0.3, 7);
    const outcomes = [];
    for (let call = 0; call < 20; call++) {
      outcomes.push(
        await client.auth.test().then(
          () => "ok",
          () => "failed",
        ),
      );
    }
    expect(outcomes.filter((outcome) => outcome === "failed").length).toBeGreaterThan(2);
    expect(outcomes).toContain("ok");
  });

  it("takes a file in three steps", async () => {
    const { slack, client, where } = await inThread();

    await client.filesUploadV2({
      channel_id: where.channel,
      thread_ts: where.thread_ts,
      filename: "reply.md",
      content: "a long reply",
      initial_comment: "Here.",
    });

    const [file] = slack.messagesIn(where.channel).at(-1)?.files ?? [];
    expect(file).toMatchObject({ name: "reply.md", content: Buffer.from("a long reply") });
  });
});

describe("a stream", () => {
  it("grows piece by piece and is stopped with blocks", async () => {
    const { slack, client, where, recipient } = await inThread();
    const streamer = client.chatStream({ ...where, ...recipient, buffer_size: 1 });
    await streamer.append({ markdown_text: "Hello" });
    await streamer.append({ markdown_text: " there" });
    await streamer.stop({ markdown_text: ".", blocks: [{ type: "divider" }] });

    const message = slack.messagesIn(where.channel).at(-1);
    expect(message?.revisions).toEqual(["Hello", "Hello there", "Hello there."]);
    expect(message).toMatchObject({ stream: { state: "stopped" }, blocks: [{ type: "divider" }] });
    await expect(
      client.chat.appendStream({
        channel: where.channel,
        ts: message?.ts ?? "",
        markdown_text: "x",
      }),
    ).rejects.toThrow("message_not_in_streaming_state");
  });

  it("needs to know for whom it is, except in a direct conversation", async () => {
    const { slack, ana, client, where } = await inThread();
    await expect(client.chat.startStream(where)).rejects.toThrow("missing_recipient_team_id");

    const { channel, thread } = slack.person.openAssistantThread(ana.id);
    await expect(client.chat.startStream({ channel, thread_ts: thread })).resolves.toBeDefined();
  });

  it("ends by itself after five minutes, and is full at 12,000 characters", async () => {
    const { slack, client, where, recipient } = await inThread();
    const start = () => client.chat.startStream({ ...where, ...recipient, markdown_text: "a" });
    const { channel } = where;

    const { ts: full = "" } = await start();
    const long = "b".repeat(11_999);
    await client.chat.appendStream({ channel, ts: full, markdown_text: long });
    await expect(
      client.chat.appendStream({ channel, ts: full, markdown_text: "c" }),
    ).rejects.toThrow("msg_too_long");

    const { ts: old = "" } = await start();
    slack.clock.advance(5 * 60_000);
    await expect(client.chat.stopStream({ channel, ts: old })).rejects.toThrow(
      "message_not_in_streaming_state",
    );
  });

  it("takes no more text once the person pressed Slack's stop button", async () => {
    const { slack, ana, client, where, recipient } = await inThread();
    const { channel, thread_ts: thread } = where;
    const { ts = "" } = await client.chat.startStream({ ...where, ...recipient });

    slack.person.stopSession({ user: ana.id, channel, thread });

    await expect(client.chat.appendStream({ channel, ts, markdown_text: "more" })).rejects.toThrow(
      "stopped_by_user",
    );
    expect(slack.deliveries.log.at(-1)?.payload["event"]).toMatchObject({
      type: "agent_session_stopped",
      streaming_message_ts: [ts],
    });
  });
});

describe("a modal", () => {
  it("opens once, within three seconds of the click, and is handed in", async () => {
    const { slack, ana, client, where } = await inThread();
    const view = {
      type: "modal" as const,
      callback_id: "why",
      title: { type: "plain_text" as const, text: "Why?" },
      submit: { type: "plain_text" as const, text: "Send" },
      blocks: [
        {
          type: "input",
          block_id: "reason",
          label: { type: "plain_text", text: "Reason" },
          element: { type: "plain_text_input", action_id: "text" },
        },
      ],
    };
    const click = () => {
      void slack.person.slash({ user: ana.id, channel: where.channel, command: "/x" });
      return String(slack.deliveries.log.at(-1)?.payload["trigger_id"]);
    };
    const trigger_id = click();
    await client.views.open({ trigger_id, view });
    await expect(client.views.open({ trigger_id, view })).rejects.toThrow("exchanged_trigger_id");
    const late = click();
    slack.clock.advance(3001);
    await expect(client.views.open({ trigger_id: late, view })).rejects.toThrow(
      "expired_trigger_id",
    );

    const [open] = slack.world.views.values();
    if (open) void slack.person.submitView(open, { reason: "too long" });
    expect(slack.deliveries.log.at(-1)?.payload).toMatchObject({
      type: "view_submission",
      view: { callback_id: "why", state: { values: { reason: { text: { value: "too long" } } } } },
    });
  });
});
