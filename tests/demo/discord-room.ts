/** A channel of a loopback Discord, with people in it. */

import { MessageFlags, type APIUser } from "discord.js";

import { commands } from "../../src/chat/commands/index.ts";
import { parseCommandLine } from "../../src/chat/commands/parse-line.ts";
import { startDiscord, type Discord } from "../support/discord/discord.ts";
import { componentsIn } from "../support/discord/form-rules.ts";
import type { Interaction } from "../support/discord/interactions.ts";
import type { Channel, StoredMessage } from "../support/discord/world.ts";
import type { Room, RoomCard, RoomReply } from "./room.ts";

const THUMBS = { good: "👍", bad: "👎" };

export interface DiscordRoom extends Room {
  /** What the bot needs to come in. */
  readonly environment: Readonly<Record<string, string>>;
  /** `discord:ID`, for the list of admins. */
  idOf(person: string): string;
  close(): Promise<void>;
}

/** @param owner owns the server, so that Discord offers the commands of admins */
export async function openDiscordRoom(
  owner: string,
  names: readonly string[],
): Promise<DiscordRoom> {
  const discord = await startDiscord();
  const { world } = discord;
  const people = new Map([owner, ...names].map((name) => [name, world.user(name)] as const));
  const guild = world.guild("Corner Bakery", personIn(people, owner), [...people.values()]);
  const room = new LoopbackDiscord(discord, world.channel(guild, "counter"), people);
  return {
    service: "Discord",
    environment: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl },
    idOf: (person) => `discord:${personIn(people, person).id}`,
    ask: (person, question) => room.ask(person, question),
    command: (person, line) => room.command(person, line),
    card: (saying) => room.card(saying),
    close: () => discord.close(),
  };
}

class LoopbackDiscord {
  readonly #discord: Discord;
  readonly #channel: Channel;
  readonly #people: ReadonlyMap<string, APIUser>;

  constructor(discord: Discord, channel: Channel, people: ReadonlyMap<string, APIUser>) {
    this.#discord = discord;
    this.#channel = channel;
    this.#people = people;
  }

  /** Each question begins anew: what others asked in the channel is not theirs to answer for. */
  async ask(person: string, question: string): Promise<RoomReply> {
    const { people, world } = this.#discord;
    await this.command(person, "reset");
    const content = `<@${world.bot.id}> ${question}`;
    const asked = people.say({ channel: this.#channel, author: this.#user(person), content });
    const reply = await this.#discord.until(() => this.#finishedReplyTo(asked));
    return {
      text: reply.data.content.split("\n-# ")[0] ?? "",
      rate: (rater, verdict) =>
        this.#answerTo(people.press(reply, this.#user(rater), THUMBS[verdict])),
      correct: async (rater, answer) => {
        const form = await this.#formOf(reply, rater);
        return this.#answerTo(people.submitModal(form, { text: answer }));
      },
    };
  }

  async command(person: string, line: string): Promise<string> {
    const { command, options } = parseCommandLine(line, commands);
    const values = Object.entries(options).map(([name, value]) => {
      const option = command.options.find((one) => one.name === name);
      return [name, option?.type === "integer" ? Number(value) : value] as const;
    });
    const sent = { channel: this.#channel, user: this.#user(person) };
    return this.#answerTo(
      this.#discord.people.slash(command.name, sent, Object.fromEntries(values)),
    );
  }

  async card(saying: RegExp): Promise<RoomCard> {
    const { people, world } = this.#discord;
    const message = await this.#discord.until(() =>
      this.#discord.botMessages(this.#channel).findLast((one) => saying.test(textOf(one))),
    );
    const [image] = message.data.attachments;
    return {
      text: textOf(message),
      png: image && world.attachments.get(image.id)?.bytes,
      buttons: componentsIn(message.data.components ?? []).flatMap(({ label }) => label ?? []),
      press: (person, button) => this.#answerTo(people.press(message, this.#user(person), button)),
    };
  }

  /** Whoever is quicker than the bot can write down its reply is told so, and presses again. */
  async #formOf(reply: StoredMessage, rater: string): Promise<Interaction> {
    for (;;) {
      const pressed = this.#discord.people.press(reply, this.#user(rater), "✏️");
      const isForm = await this.#discord.until(
        () => (pressed.modal && "form") ?? (pressed.replies.length > 0 && "words"),
      );
      if (isForm === "form") return pressed;
    }
  }

  #user(name: string): APIUser {
    return personIn(this.#people, name);
  }

  /** All of its buttons are there: it is over. */
  #finishedReplyTo({ data }: StoredMessage): StoredMessage | undefined {
    return this.#discord
      .botMessages(this.#channel)
      .find(
        (one) =>
          one.data.message_reference?.message_id === data.id &&
          JSON.stringify(one.data.components ?? []).includes("🗑"),
      );
  }

  /** What the person is told, once it is more than that something was heard. */
  async #answerTo(interaction: Interaction): Promise<string> {
    const told = await this.#discord.until(() =>
      interaction.replies.find(
        ({ data }) => (data.flags & MessageFlags.Loading) === 0 && data.content !== "",
      ),
    );
    return told.data.content;
  }
}

/** Cards are laid out by components: their text stands in those. */
function textOf({ data }: StoredMessage): string {
  const shown = componentsIn(data.components ?? []).flatMap(({ content }) => content ?? []);
  return [data.content, ...shown].filter((text) => text !== "").join("\n");
}

function personIn(people: ReadonlyMap<string, APIUser>, name: string): APIUser {
  const user = people.get(name);
  if (!user) throw new Error(`${name} is not in this Discord.`);
  return user;
}
