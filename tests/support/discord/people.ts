/** People at their keyboards: they speak, change their minds, press buttons, fill in forms. */

import {
  ComponentType,
  InteractionContextType,
  InteractionType,
  type MessageType,
  PermissionsBitField,
  type APIUser,
} from "discord.js";

import { optionsOf, type CommandOption } from "./command-rules.ts";
import { componentsIn, MessageBody } from "./form-rules.ts";
import type { Interaction, Interactions } from "./interactions.ts";
import type { Messages } from "./messages.ts";
import { channelPayload, memberPayload } from "./payloads.ts";
import type { Announce, Channel, StoredMessage, World } from "./world.ts";

export interface Said {
  readonly channel: Channel;
  readonly author: APIUser;
  readonly content?: string;
  readonly replyTo?: StoredMessage;
  readonly files?: readonly {
    readonly name: string;
    readonly type: string;
    readonly text: string;
  }[];
  /** Spoken by a webhook under this person's name. */
  readonly webhookId?: string;
  /** A remark of Discord itself: a pin, a new member. */
  readonly type?: MessageType;
}

export interface Sent {
  readonly channel: Channel;
  readonly user: APIUser;
}

type Values = Readonly<Record<string, string | number | boolean>>;

export class People {
  readonly #world: World;
  readonly #messages: Messages;
  readonly #interactions: Interactions;
  readonly #announce: Announce;

  constructor(world: World, messages: Messages, interactions: Interactions, announce: Announce) {
    this.#world = world;
    this.#messages = messages;
    this.#interactions = interactions;
    this.#announce = announce;
  }

  say({ channel, author, content, replyTo, files = [], webhookId, type }: Said): StoredMessage {
    const reference = replyTo && { message_reference: { message_id: replyTo.data.id } };
    const body = MessageBody.parse({ content, ...reference });
    const kept = files.map(({ name, type, text }) =>
      this.#world.attach(name, type, new TextEncoder().encode(text)),
    );
    const speaker = webhookId ? { ...author, id: webhookId } : author;
    return this.#messages.add(channel, { author: speaker, body, files: kept, webhookId, type });
  }

  editMessage(message: StoredMessage, content: string): void {
    this.#messages.edit(message, MessageBody.parse({ content }));
  }

  deleteMessage(message: StoredMessage): void {
    this.#messages.delete(message);
  }

  startThread(from: StoredMessage, user: APIUser, name: string): Channel {
    return this.#messages.startThread(from, user, name);
  }

  react(message: StoredMessage, user: APIUser, emoji: string): void {
    this.#messages.react(message, user, emoji);
  }

  unreact(message: StoredMessage, user: APIUser, emoji: string): void {
    this.#messages.unreact(message, user, emoji);
  }

  /** @param button what its label or emoji, or its custom id, contains */
  press(message: StoredMessage, user: APIUser, button: string): Interaction {
    const found = componentsIn(message.data.components ?? []).find(
      (one) => one.type === ComponentType.Button && JSON.stringify(one).includes(button),
    );
    if (!found?.custom_id) throw new Error(`There is no button ${button}.`);
    return this.pressUnseen(message, user, found.custom_id);
  }

  /** A button that is not there any more, or never was. */
  pressUnseen(message: StoredMessage, user: APIUser, customId: string): Interaction {
    const data = { custom_id: customId, component_type: ComponentType.Button };
    const sent = { channel: message.channel, user };
    return this.#begin(InteractionType.MessageComponent, sent, data, message);
  }

  submitModal(shown: Interaction, values: Values): Interaction {
    if (!shown.modal) throw new Error("No form was shown.");
    const fill = (component: object): object => ({
      ...component,
      ...("components" in component && {
        components: (component.components as object[]).map(fill),
      }), // built by Component
      ...("component" in component && { component: fill(component.component as object) }), // likewise
      ...("custom_id" in component && { value: values[String(component.custom_id)] ?? "" }),
    });
    const components = shown.modal.components.map(fill);
    const data = { custom_id: shown.modal.custom_id, components };
    return this.#begin(InteractionType.ModalSubmit, shown, data, shown.message);
  }

  /** @param name with its subcommand, as in `settings set` */
  slash(name: string, sent: Sent, values: Values = {}): Interaction {
    return this.#begin(InteractionType.ApplicationCommand, sent, this.#command(name, sent, values));
  }

  /** What is suggested for the option in `typing`. */
  autocomplete(name: string, sent: Sent, typing: string, text: string): Interaction {
    const data = this.#command(name, sent, { [typing]: text }, typing);
    return this.#begin(InteractionType.ApplicationCommandAutocomplete, sent, data);
  }

  contextMenu(name: string, user: APIUser, message: StoredMessage): Interaction {
    const { channel } = message;
    const command = this.#find(name, { channel, user });
    const resolved = { messages: { [message.data.id]: message.data } };
    const data = { id: command.id, name, type: command.type, target_id: message.data.id, resolved };
    return this.#begin(InteractionType.ApplicationCommand, { channel, user }, data);
  }

  #find(name: string, { channel, user }: Sent) {
    const command = this.#world.commands.find((one) => one.name === name);
    if (!command) throw new Error(`There is no command ${name}.`);
    const context = channel.guild ? InteractionContextType.Guild : InteractionContextType.BotDM;
    if (command.contexts && !command.contexts.includes(context)) {
      throw new Error(`The command ${name} is not offered here.`);
    }
    const needed = BigInt(command.default_member_permissions ?? 0);
    if (!this.#world.permissions(user, channel).has(needed)) {
      throw new Error(`${user.username} is not offered the command ${name}.`);
    }
    return command;
  }

  #command(path: string, sent: Sent, values: Values, focused?: string): object {
    const [name = "", subcommand] = path.split(" ");
    const command = this.#find(name, sent);
    const declared = optionsOf(command);
    const inner = subcommand && declared.find((one) => one.name === subcommand);
    if (subcommand && !inner) throw new Error(`There is no subcommand ${path}.`);
    const given = valuesFor(inner ? (inner.options ?? []) : declared, values, focused);
    const options = inner ? [{ type: inner.type, name: inner.name, options: given }] : given;
    return { id: command.id, name, type: command.type, options };
  }

  #begin(type: InteractionType, sent: Sent, data: object, message?: StoredMessage): Interaction {
    const { channel, user } = sent;
    const world = this.#world;
    const id = world.nextId();
    const interaction: Interaction = {
      id,
      token: `token-${id}`,
      type,
      user,
      channel,
      message,
      createdAt: world.now(),
      replies: [],
    };
    this.#interactions.all.push(interaction);
    this.#announce("INTERACTION_CREATE", this.#payload(interaction, data), { channel });
    return interaction;
  }

  #payload({ id, token, type, user, channel, message }: Interaction, data: object): object {
    const world = this.#world;
    const { guild } = channel;
    const permissions = world.permissions(user, channel).bitfield.toString();
    const member = guild && { ...memberPayload(guild, user.id), permissions };
    return {
      id,
      token,
      type,
      data,
      application_id: world.applicationId,
      version: 1,
      channel: channelPayload(channel, world),
      channel_id: channel.id,
      ...(guild ? { guild_id: guild.id, member, guild_locale: "en-US" } : { user }),
      ...(message && { message: message.data }),
      locale: "en-US",
      context: guild ? 0 : 1,
      app_permissions: new PermissionsBitField(
        world.permissions(world.bot, channel),
      ).bitfield.toString(),
      entitlements: [],
      authorizing_integration_owners: {},
      attachment_size_limit: 10_485_760,
    };
  }
}

/** As the client of a person sends them: only what is declared, everything that is required. */
function valuesFor(declared: readonly CommandOption[], values: Values, focused?: string): object[] {
  for (const name of Object.keys(values)) {
    if (!declared.some((one) => one.name === name)) throw new Error(`There is no option ${name}.`);
  }
  return declared.flatMap(({ name, type, required, choices }) => {
    const value = values[name];
    if (value === undefined && required && !focused) throw new Error(`Option ${name} is required.`);
    if (value === undefined) return [];
    if (choices && !choices.some((choice) => choice.value === value)) {
      throw new Error(`${value} is no choice of ${name}.`);
    }
    return [{ name, type, value, ...(focused === name && { focused: true }) }];
  });
}
