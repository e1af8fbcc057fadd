/** A channel of a loopback Slack, with people in it. */

import { SLASH_COMMAND } from "../../src/platforms/slack/listeners/slash-commands.ts";
import { ACTION_PREFIX, RATE_ACTION } from "../../src/platforms/slack/reply/reply-blocks.ts";
import { startSlack, type Slack } from "../support/slack/slack.ts";
import type { Channel, Message, OpenView, User } from "../support/slack/world.ts";
import type { Room, RoomCard, RoomReply } from "./room.ts";

export interface SlackRoom extends Room {
  /** What the bot needs to come in. */
  readonly environment: Readonly<Record<string, string>>;
  /** `slack:ID`, for the list of admins. */
  idOf(person: string): string;
  close(): Promise<void>;
}

export async function openSlackRoom(names: readonly string[]): Promise<SlackRoom> {
  const slack = await startSlack({ start: Date.now() });
  const { team, bot } = slack.addTeam("Corner Bakery");
  const people = new Map(names.map((name) => [name, slack.addUser(team, name)] as const));
  const members = [...people.values()].map(({ id }) => id);
  const channel = slack.addChannel(team, "counter", [...members, bot.botUserId]);
  const room = new LoopbackSlack(slack, channel, bot.botUserId, people);
  return {
    service: "Slack",
    environment: {
      SLACK_BOT_TOKEN: bot.token,
      SLACK_APP_TOKEN: slack.app.appToken,
      SLACK_API_URL: slack.apiUrl,
    },
    idOf: (person) => `slack:${personIn(people, person).id}`,
    ask: (person, question) => room.ask(person, question),
    command: (person, line) => room.command(person, line),
    card: (saying) => room.card(saying),
    close: () => slack.close(),
  };
}

class LoopbackSlack {
  readonly #slack: Slack;
  readonly #channel: Channel;
  readonly #bot: string;
  readonly #people: ReadonlyMap<string, User>;

  constructor(slack: Slack, channel: Channel, bot: string, people: ReadonlyMap<string, User>) {
    this.#slack = slack;
    this.#channel = channel;
    this.#bot = bot;
    this.#people = people;
  }

  /** A thread of its own, as in every channel of Slack. */
  async ask(person: string, question: string): Promise<RoomReply> {
    const user = this.#user(person);
    const text = `<@${this.#bot}> ${question}`;
    const asked = this.#slack.person.say({ channel: this.#channel.id, user, text });
    const reply = await this.#slack.until(() => this.#finishedReplyTo(asked));
    return {
      text: textOf(reply),
      rate: (rater, verdict) => this.#rate(reply, rater, verdict),
      correct: (rater, answer) => this.#correct(reply, rater, answer),
    };
  }

  command(person: string, line: string): Promise<string> {
    const user = this.#user(person);
    const channel = this.#channel.id;
    return this.#told(user, () =>
      this.#slack.person.slash({ user, channel, command: SLASH_COMMAND, text: line }),
    );
  }

  async card(saying: RegExp): Promise<RoomCard> {
    const message = await this.#slack.until(() =>
      this.#slack
        .messagesIn(this.#channel.id)
        .findLast((one) => one.ephemeralFor === undefined && saying.test(textOf(one))),
    );
    const buttons = buttonsOf(message);
    return {
      text: textOf(message),
      png: this.#imageIn(message),
      buttons: buttons.map(({ label }) => label),
      press: (person, label) => {
        const user = this.#user(person);
        const button = buttons.find((one) => one.label.includes(label));
        if (!button) throw new Error(`There is no button ${label}.`);
        const { actionId, value } = button;
        return this.#told(user, () => this.#slack.person.press({ user, message, actionId, value }));
      },
    };
  }

  async #rate(message: Message, rater: string, verdict: "good" | "bad"): Promise<string> {
    const user = this.#user(rater);
    const side = verdict === "good" ? "positive_button" : "negative_button";
    const value = valueIn(message, side);
    return this.#told(user, () =>
      this.#slack.person.press({ user, message, actionId: RATE_ACTION, value }),
    );
  }

  async #correct(message: Message, rater: string, answer: string): Promise<string> {
    const user = this.#user(rater);
    const view = await this.#formOf(message, user);
    return this.#told(user, () => this.#slack.person.submitView(view, { correction: answer }));
  }

  /** Whoever is quicker than the bot can write down its reply is told so, and presses again. */
  async #formOf(message: Message, user: string): Promise<OpenView> {
    const { views, messages } = this.#slack.world;
    for (;;) {
      const [known, said] = [new Set(views.keys()), messages.length];
      await this.#slack.person.press({ user, message, actionId: `${ACTION_PREFIX}correct` });
      const view = await this.#slack.until(
        () =>
          [...views.values()].find((one) => !known.has(one.id) && one.user === user) ??
          (messages.slice(said).some(({ ephemeralFor }) => ephemeralFor === user) && "told"),
      );
      if (view !== "told") return view;
    }
  }

  /** What only this person sees of what follows. */
  async #told(user: string, act: () => Promise<unknown>): Promise<string> {
    const { messages } = this.#slack.world;
    const before = messages.length;
    await act();
    const told = await this.#slack.until(() =>
      messages.slice(before).find(({ ephemeralFor }) => ephemeralFor === user),
    );
    return textOf(told);
  }

  #finishedReplyTo({ channel, ts }: Message): Message | undefined {
    return this.#slack
      .messagesIn(channel, ts)
      .slice(1)
      .find(({ blocks }) => JSON.stringify(blocks).includes(RATE_ACTION));
  }

  #imageIn({ blocks }: Message): Uint8Array | undefined {
    const [, id = ""] = /"slack_file":\{"id":"([^"]+)"/.exec(JSON.stringify(blocks)) ?? [];
    return this.#slack.world.files.get(id)?.content;
  }

  #user(name: string): string {
    return personIn(this.#people, name).id;
  }
}

interface Holder {
  readonly type: string;
  readonly text?: unknown;
  readonly elements?: readonly Element[];
}

interface Element {
  readonly type: string;
  readonly action_id?: string;
  readonly value?: string;
  readonly text?: { readonly text?: string };
}

/** Slack knows blocks as plain data. */
const holdersIn = ({ blocks }: Message) => blocks as readonly Holder[];

function markdownOf(message: Message): string[] {
  return holdersIn(message).flatMap(({ type, text }) =>
    type === "markdown" && typeof text === "string" ? [text] : [],
  );
}

function textOf(message: Message): string {
  const written = markdownOf(message);
  return written.length > 0 ? written.join("\n") : message.text;
}

function buttonsOf(message: Message) {
  return holdersIn(message)
    .flatMap(({ elements = [] }) => elements)
    .flatMap(({ type, action_id: actionId, value, text }) =>
      type === "button" && actionId !== undefined
        ? [{ actionId, value, label: text?.text ?? "" }]
        : [],
    );
}

function valueIn({ blocks }: Message, side: "positive_button" | "negative_button"): string {
  const found = new RegExp(`"${side}":\\{[^}]*\\}[^}]*"value":"([^"]+)"`).exec(
    JSON.stringify(blocks),
  );
  return found?.[1] ?? "";
}

function personIn(people: ReadonlyMap<string, User>, name: string): User {
  const user = people.get(name);
  if (!user) throw new Error(`${name} is not in this Slack.`);
  return user;
}
