/**
 * The bot as it ships, with the starter model, in a Discord and a Slack full
 * of people: `lfz start` as a process, the services on loopback, real time.
 */

import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import type { APIUser } from "discord.js";
import { describe, expect, it, onTestFinished } from "vitest";

import { Random } from "../../src/core/random.ts";
import { startDiscord, type Discord } from "../support/discord/discord.ts";
import type { Channel, StoredMessage } from "../support/discord/world.ts";
import { startLfz } from "../support/run-lfz.ts";
import { startSlack, type Slack } from "../support/slack/slack.ts";
import type { Channel as SlackChannel, Message } from "../support/slack/world.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const QUESTIONS = [
  "Hello, how are you?",
  "Tell me a joke.",
  "What is your name?",
  "I had a long day.",
  "Do you like music?",
  "What can you do?",
  "I am a bit sad today.",
  "Good morning!",
];

/** As in a channel of the real Discord. */
const LIMITS = {
  "POST /channels/:channel/messages": { requests: 5, milliseconds: 5000 },
  "PATCH /channels/:channel/messages/:message": { requests: 5, milliseconds: 5000 },
};

describe("the bot among many", () => {
  it("gives eight people at once a sign within 2.5 s, and acknowledges a command within 1 s", async () => {
    const { discord, rooms, ask } = await open({ rooms: 8 });
    const signs: number[] = [];
    const acknowledged: number[] = [];
    const talk = async (channel: Channel, index: number) => {
      const user = personIn(channel, `person${index}`, discord);
      for (let round = 0; round < 6; round++) {
        const question = ask(channel, user, index + round);
        const command = discord.people.slash("stats", { channel, user });
        const asked = performance.now();
        const sign = discord.until(() => answersTo(question, discord)[0] && performance.now());
        await discord.until(() => command.acknowledged !== undefined);
        acknowledged.push(performance.now() - asked);
        signs.push((await sign) - asked);
        await discord.until(() => finishedAnswerTo(question, discord));
        await pause(1500); // nobody types faster, and a channel takes five messages in five seconds
      }
    };
    await Promise.all(rooms.map(talk));
    console.log({ firstSign: summary(signs), acknowledged: summary(acknowledged) });
    expect(Math.max(...signs)).toBeLessThan(2500);
    expect(Math.max(...acknowledged)).toBeLessThan(1000);
  });

  it("answers every message of twenty chats once, while one request in twenty fails and three connections break", async () => {
    const { discord, rooms, ask } = await open({ rooms: 20 });
    const random = new Random(1);
    const end = Date.now() + 120_000;
    const questions: StoredMessage[] = [];
    const talk = async (channel: Channel, index: number) => {
      const user = personIn(channel, `person${index}`, discord);
      while (Date.now() < end) {
        const question = ask(channel, user, random.nextUint32());
        questions.push(question);
        await discord.until(() => finishedAnswerTo(question, discord));
        await pause(4500 + (random.nextUint32() % 3000)); // a person reads, and types
      }
    };
    discord.faults.failing(0.05, 7);
    const breaks = async () => {
      for (let count = 0; count < 3; count++) {
        await pause(30_000);
        discord.gateway.cutConnections();
      }
    };
    await Promise.all([...rooms.map(talk), breaks()]);
    const counts = questions.map((question) => answersTo(question, discord).length);
    console.log({ questions: questions.length, requests: discord.requests.length });
    expect(questions.length).toBeGreaterThan(200);
    expect(counts.filter((count) => count !== 1)).toEqual([]);
  });

  it("does so in Slack, while one call in twenty fails and three connections break", async () => {
    const { slack, botUserId, rooms } = await openSlack({ rooms: 20 });
    const random = new Random(2);
    const end = Date.now() + 120_000;
    const questions: Message[] = [];
    const talk = async (channel: SlackChannel) => {
      const user = [...channel.members].find((id) => id !== botUserId) ?? "";
      while (Date.now() < end) {
        const words = QUESTIONS[random.nextUint32() % QUESTIONS.length];
        const text = `<@${botUserId}> ${words}`;
        const question = slack.person.say({ channel: channel.id, user, text });
        questions.push(question);
        await slack.until(() => isAnswered(question, slack));
        await pause(4500 + (random.nextUint32() % 3000));
      }
    };
    slack.faults.some(0.05, 7);
    const breaks = async () => {
      for (let count = 0; count < 3; count++) {
        await pause(30_000);
        slack.socket.drop();
      }
    };
    await Promise.all([...rooms.map(talk), breaks()]);
    const counts = questions.map(
      ({ channel, ts }) => slack.messagesIn(channel, ts).slice(1).length,
    );
    console.log({ questions: questions.length, calls: slack.calls.length });
    expect(questions.length).toBeGreaterThan(200);
    expect(counts.filter((count) => count !== 1)).toEqual([]);
  });

  it("needs no more memory for its fifth thousand of messages than for its second", async () => {
    const env = { NODE_OPTIONS: "--max-old-space-size=64" }; // garbage is collected, not kept
    const { discord, rooms, ask, megabytes } = await open({ rooms: 24, env });
    const samples: number[] = [];
    let said = 0;
    const talk = async (channel: Channel) => {
      while (said < 5000) {
        const number = ++said;
        const question = ask(channel, personIn(channel, `person${number}`, discord), number);
        await discord.until(() => finishedAnswerTo(question, discord));
        if (number % 50 === 0) samples[number / 50] = megabytes();
      }
    };
    await Promise.all(rooms.map(talk));
    // What is left after the garbage was collected is the least of many samples.
    const second = Math.min(...samples.slice(21, 41));
    const fifth = Math.min(...samples.slice(81, 101));
    console.log({ residentMegabytes: { second, fifth } });
    expect(fifth).toBeLessThan(second * 1.1);
  }, 1_800_000);
});

async function open({ rooms: count, env }: { rooms: number; env?: Record<string, string> }) {
  const discord = await startDiscord({ limits: count <= 20 ? LIMITS : {} });
  const { world, people } = discord;
  const guild = world.guild("Crowd", world.user("Owner"));
  const rooms = Array.from({ length: count }, (_, index) => world.channel(guild, `room-${index}`));
  onTestFinished(() => discord.close());
  const lfz = await startBot({
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    ...env,
  });
  await discord.until(() => world.commands.length > 0);
  const ask = (channel: Channel, author: APIUser, number: number) => {
    const words = QUESTIONS[number % QUESTIONS.length];
    return people.say({ channel, author, content: `<@${world.bot.id}> ${words}` });
  };
  const megabytes = () => residentMegabytes(lfz.process.pid ?? 0);
  return { discord, rooms, ask, megabytes };
}

async function openSlack({ rooms: count }: { rooms: number }) {
  const slack = await startSlack({ start: Date.now() });
  onTestFinished(() => slack.close());
  const { team, bot } = slack.addTeam("Crowd");
  const rooms = Array.from({ length: count }, (_, index) => {
    const { id } = slack.addUser(team, `person${index}`);
    return slack.addChannel(team, `room-${index}`, [id, bot.botUserId]);
  });
  await startBot({
    SLACK_BOT_TOKEN: bot.token,
    SLACK_APP_TOKEN: slack.app.appToken,
    SLACK_API_URL: slack.apiUrl,
  });
  return { slack, botUserId: bot.botUserId, rooms };
}

/** `lfz start`, ready, and gone after the test. */
async function startBot(env: Record<string, string>) {
  const lfz = startLfz(["start", "--port", "0", "--model", "experiments/starter"], {
    env: { ...env, LFZ_HOME: temporaryFolder(), LFZ_LOG: "warn" },
  });
  onTestFinished(async () => {
    lfz.process.kill("SIGTERM");
    await lfz.result;
  });
  await lfz.said("is ready");
  return lfz;
}

function isAnswered({ channel, ts }: Message, slack: Slack): boolean {
  const replies = slack.messagesIn(channel, ts).slice(1);
  return replies.some(
    ({ blocks, stream }) =>
      stream?.state !== "streaming" && JSON.stringify(blocks).includes("feedback_buttons"),
  );
}

function personIn({ guild }: Channel, name: string, { world }: Discord): APIUser {
  const user = world.user(name);
  guild?.members.set(user.id, { user, roles: [] });
  return user;
}

/** The messages of the bot that answer this one. */
function answersTo({ channel, data }: StoredMessage, discord: Discord): StoredMessage[] {
  return discord
    .botMessages(channel)
    .filter(({ data: answer }) => answer.message_reference?.message_id === data.id);
}

/** One with all its buttons: it is over. */
function finishedAnswerTo(question: StoredMessage, discord: Discord): StoredMessage | undefined {
  return answersTo(question, discord).find(({ data }) =>
    JSON.stringify(data.components ?? []).includes("👍"),
  );
}

function residentMegabytes(processId: number): number {
  const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(processId)]).toString();
  return Math.round(Number(kilobytes) / 1024);
}

function summary(values: readonly number[]) {
  const sorted = [...values].sort((one, other) => one - other).map(Math.round);
  return { median: sorted[sorted.length >> 1], worst: sorted.at(-1) };
}
