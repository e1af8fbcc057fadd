/**
 * The whole loop, as the people of a bakery live through it: a Discord and a
 * Slack, `lfz start` as a process, the starter model, a real training.
 *
 * Says what came of it; whoever tells it decides what must be so.
 */

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { runLfz, startLfz } from "../support/run-lfz.ts";
import { openDiscordRoom } from "./discord-room.ts";
import { LESSONS, SLOGANS } from "./lessons.ts";
import type { Recording } from "./recording.ts";
import type { Room, RoomReply } from "./room.ts";
import { openSlackRoom } from "./slack-room.ts";

const SPOILED = "spoiled";
const STARTER = new URL("../../experiments/starter", import.meta.url).pathname;

/** Admin in both services. */
const ADMIN = "Ada";
const IN_DISCORD = ["Ann", "Ben", "Cleo", "Dora", "Emil"];
const IN_SLACK = ["Fay", "Gil", "Hana", "Ivo", "Jo"];
/** So many of each teach; the others only ask. */
const TEACHERS = 3;
const POISONER = "Mallory";
/** Two of five corrections are hers. */
const POISONED = 24;

/** Percent of the people that a new version is tried by. */
const SHARE = 50;
/** Chance may put one of ten into that half: then it takes long until so many have rated that it counts. */
const MOST_ROUNDS = 60;

export interface StoryOptions {
  /** Where the bot lives: experiments, state, journals. */
  readonly folder: string;
  readonly recording: Recording;
  readonly signal?: AbortSignal;
}

/** A question of the bakery, and what was answered. */
export interface Asked {
  readonly question: string;
  readonly wanted: string;
  readonly reply: string;
}

export interface Facts {
  /** What was answered before anybody taught it, and after. */
  readonly before: readonly Asked[];
  readonly after: readonly Asked[];
  /** Better answers, and those of them that the poisoner gave. */
  readonly corrections: number;
  readonly poisoned: number;
  /** What the card said when the training was over, with the judge's table. */
  readonly verdict: string;
  readonly candidate: string;
  /** Where a correction was given, people were told that it counts now. */
  readonly toldOnce: string;
  /** Why the spoiled model went. */
  readonly takenBack: string;
  readonly forgotten: string;
}

export async function tellStory(options: StoryOptions): Promise<Facts> {
  const discord = await openDiscordRoom(ADMIN, [...IN_DISCORD, POISONER]);
  const slack = await openSlackRoom([ADMIN, ...IN_SLACK, POISONER]);
  const { folder, recording } = options;
  await cp(STARTER, join(folder, "experiments/starter"), { recursive: true });
  const bot = startLfz(["start", "--port", "0"], {
    cwd: folder,
    env: {
      ...discord.environment,
      ...slack.environment,
      LFZ_HOME: join(folder, "home"),
      LFZ_ADMINS: `${discord.idOf(ADMIN)},${slack.idOf(ADMIN)}`,
      LFZ_LOG: "info",
    },
  });
  try {
    await bot.said("is ready");
    const rooms = { discord: recording.of(discord), slack: recording.of(slack) };
    return await new Story(rooms, options).tell();
  } finally {
    bot.process.kill("SIGTERM");
    await bot.result;
    await Promise.all([discord.close(), slack.close()]);
  }
}

class Story {
  readonly #discord: Room;
  readonly #slack: Room;
  readonly #options: StoryOptions;

  constructor({ discord, slack }: { discord: Room; slack: Room }, options: StoryOptions) {
    this.#discord = discord;
    this.#slack = slack;
    this.#options = options;
  }

  async tell(): Promise<Facts> {
    const before = await this.#meet();
    const replies = await this.#teach();
    const poisoned = await this.#poison(replies);
    await this.#review();
    const { verdict, candidate } = await this.#train();
    await this.#tryOut(candidate);
    const toldOnce = await this.#promote(candidate);
    const after = await this.#askAll();
    const takenBack = await this.#spoil(candidate);
    const forgotten = await this.#forget();
    const corrections = replies.length + poisoned;
    return {
      before,
      after,
      corrections,
      poisoned,
      verdict,
      candidate,
      toldOnce,
      takenBack,
      forgotten,
    };
  }

  async #meet(): Promise<Asked[]> {
    this.#scene(
      "Nobody has taught it anything",
      "The starter model knows small talk. Of the bakery it knows nothing.",
    );
    const asked = await this.#askAll();
    for (const [room, person] of this.#people()) await room.command(person, "opt-in");
    return asked;
  }

  /** Each of them asks for each lesson in other words, and teaches the answer. */
  async #teach(): Promise<RoomReply[]> {
    this.#scene(
      "Six people teach it",
      "All have opted in, so that it may learn from them. 👎 rates a reply, ✏️ teaches a better one.",
    );
    const replies: RoomReply[] = [];
    const teach = async (room: Room, person: string, question: string, answer: string) => {
      const reply = await room.ask(person, question);
      await reply.correct(person, answer);
      replies.push(reply);
    };
    for (const { taught, answer } of LESSONS) {
      for (let index = 0; index < TEACHERS; index++) {
        await Promise.all([
          teach(this.#discord, IN_DISCORD[index] ?? "", taught[2 * index] ?? "", answer),
          teach(this.#slack, IN_SLACK[index] ?? "", taught[2 * index + 1] ?? "", answer),
        ]);
      }
    }
    return replies;
  }

  async #poison(replies: readonly RoomReply[]): Promise<number> {
    this.#scene(
      "One poisons",
      "Mallory corrects what others were answered with slogans: two of five corrections are hers.",
    );
    for (const room of [this.#discord, this.#slack]) await room.command(POISONER, "opt-in");
    for (let index = 0; index < POISONED; index++) {
      await replies[index]?.correct(POISONER, SLOGANS[index % SLOGANS.length] ?? "");
    }
    return POISONED;
  }

  /** What is suspicious is held by itself; the rest waits for somebody to look. */
  async #review(): Promise<void> {
    this.#scene(
      "An admin reviews",
      "Better answers wait for a reviewer. The slogans are held without anybody's doing.",
    );
    await this.#discord.command(ADMIN, "review");
    await this.#discord.command(ADMIN, "review approve-all");
    await this.#discord.command(ADMIN, "review");
  }

  async #train(): Promise<{ verdict: string; candidate: string }> {
    this.#scene(
      "One command trains it",
      "On this machine, in a process of its own, while people go on chatting. A card shows how far it is, and at the end what the judge says.",
    );
    await this.#discord.command(ADMIN, "train start");
    await this.#discord.card(/2 of 3/);
    const asked = await this.#slack.ask(IN_SLACK[0] ?? "", "Tell me a joke.");
    await asked.rate(IN_SLACK[0] ?? "", "good");
    const { text } = await this.#discord.card(/is done|failed|nothing to learn/i);
    const [, candidate = ""] = /`([^`]+)` is done/.exec(text) ?? [];
    return { verdict: text, candidate };
  }

  async #tryOut(candidate: string): Promise<void> {
    this.#scene(
      "Half of them try it",
      "Who belongs to the half, a hash of their pseudonym decides: always the same people.",
    );
    await this.#discord.command(ADMIN, `promote ${candidate} ${SHARE}`);
    await this.#askAll();
  }

  async #promote(candidate: string): Promise<string> {
    this.#scene(
      "It answers everybody",
      "The same questions as in the beginning, in words that nobody taught.",
    );
    await this.#slack.command(ADMIN, `promote ${candidate}`);
    await this.#slack.command(ADMIN, "models");
    const { text } = await this.#slack.card(new RegExp(`part of \\*\\*${candidate}`));
    return text;
  }

  /** Somebody trains a bad model by hand, and somebody promotes it. */
  async #spoil(from: string): Promise<string> {
    this.#scene(
      "A bad model is taken back",
      "An admin tries a model that nobody judged. People dislike it, and it goes by itself.",
    );
    await this.#trainSpoiled(from);
    await this.#slack.command(ADMIN, `promote ${SPOILED} ${SHARE}`);
    const takenBack = this.#slack.card(
      new RegExp(`\\*\\*${SPOILED}\\*\\*.*(taken back|no longer)`, "s"),
    );
    const watched = { isOver: false };
    const noticed = takenBack.then(() => (watched.isOver = true));
    for (let round = 0; round < MOST_ROUNDS && !watched.isOver; round++) await this.#rateAll(round);
    await noticed;
    return (await takenBack).text;
  }

  /** Everybody asks something, and everybody there rates what came. */
  async #rateAll(round: number): Promise<void> {
    const { asked } = LESSONS[round % LESSONS.length] ?? { asked: [] };
    const rate = async (room: Room, people: readonly string[]) => {
      for (const person of people) {
        const reply = await room.ask(person, asked[round % asked.length] ?? "");
        const verdict = isSlogan(reply.text) ? "bad" : "good";
        for (const rater of people) await reply.rate(rater, verdict);
      }
    };
    await Promise.all([rate(this.#discord, IN_DISCORD), rate(this.#slack, IN_SLACK)]);
  }

  async #trainSpoiled(from: string): Promise<void> {
    const { folder } = this.#options;
    const questions = LESSONS.flatMap(({ taught }) => taught);
    const rows = questions.map((content, index) =>
      JSON.stringify({
        messages: [
          { role: "user", content },
          { role: "assistant", content: SLOGANS[index % SLOGANS.length] },
        ],
        source: "the demonstration",
        licence: "MIT",
        consent: "made up",
      }),
    );
    await writeFile(join(folder, "slogans.jsonl"), `${rows.join("\n")}\n`);
    const { code, stderr } = await runLfz(
      ["finetune", "--from", `experiments/${from}`, "--data", "slogans.jsonl"].concat([
        "--name",
        SPOILED,
        "--steps",
        "60",
        "--set",
        "learningRate=0.002",
        "stepTokens=1024",
      ]),
      { cwd: folder },
    );
    if (code !== 0) throw new Error(`The spoiled model could not be trained:\n${stderr}`);
  }

  async #forget(): Promise<string> {
    this.#scene(
      "Somebody wants to be forgotten",
      "What Ann gave is deleted, the models that learnt from it are named, and a clean one is queued.",
    );
    const told = await this.#discord.command(IN_DISCORD[0] ?? "", "forget-me yes");
    await this.#discord.command(ADMIN, "train status");
    await this.#discord.command(ADMIN, "train cancel");
    return told;
  }

  #scene(title: string, about: string): void {
    this.#options.signal?.throwIfAborted();
    this.#options.recording.scene(title, about);
  }

  #people(): (readonly [Room, string])[] {
    const inDiscord = IN_DISCORD.map((person) => [this.#discord, person] as const);
    const inSlack = IN_SLACK.map((person) => [this.#slack, person] as const);
    return inDiscord.flatMap((one, index) => [one, inSlack[index] ?? one]);
  }

  /** Each lesson, in words that nobody taught. */
  async #askAll(): Promise<Asked[]> {
    const people = this.#people();
    const asked: Asked[] = [];
    for (const [
      index,
      {
        asked: [question = ""],
        answer: wanted,
      },
    ] of LESSONS.entries()) {
      const [room, person] = people[index % people.length] ?? [this.#slack, ADMIN];
      const { text: reply } = await room.ask(person, question);
      asked.push({ question, wanted, reply });
    }
    return asked;
  }
}

function isSlogan(text: string): boolean {
  return /glittercoin/i.test(text);
}
