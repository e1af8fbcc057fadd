/** Messages come to be, change and go; everybody who may see them is told. */

import { MessageFlags, MessageReferenceType, MessageType, type APIUser } from "discord.js";

import { invalidForm } from "./api-error.ts";
import { componentsIn, MessageBody } from "./form-rules.ts";
import { pingsOf } from "./pings.ts";
import { attachmentPayload, channelPayload, memberPayload, threadMember } from "./payloads.ts";
import {
  isThread,
  type Announce,
  type Attachment,
  type Channel,
  type MessagePayload,
  type StoredMessage,
  type World,
} from "./world.ts";

export interface Draft {
  readonly author: APIUser;
  readonly body: MessageBody;
  readonly files?: readonly Attachment[];
  readonly webhookId?: string;
  readonly type?: MessageType;
  /** What it answers, if it is an interaction. */
  readonly interaction?: { readonly id: string; readonly type: number; readonly user: APIUser };
  /** Where a thread began. */
  readonly starter?: StoredMessage;
}

export class Messages {
  readonly #world: World;
  readonly #announce: Announce;
  readonly #baseUrl: () => string;

  constructor(world: World, announce: Announce, baseUrl: () => string) {
    this.#world = world;
    this.#announce = announce;
    this.#baseUrl = baseUrl;
  }

  /** Puts a message into its channel; an ephemeral one is seen by one person and not put anywhere. */
  add(channel: Channel, draft: Draft): StoredMessage {
    const { body, author } = draft;
    const message: StoredMessage = {
      data: this.#payload(channel, draft),
      channel,
      versions: [{ content: body.content ?? "", at: this.#world.now() }],
      nonce: body.nonce,
      deleted: false,
    };
    if (((body.flags ?? 0) & MessageFlags.Ephemeral) !== 0) return message;
    channel.messages.push(message);
    this.#joinThread(message);
    const nonce = author.id === this.#world.bot.id ? { nonce: body.nonce } : {};
    this.#announce("MESSAGE_CREATE", { ...this.payloadFor(message), ...nonce }, { channel });
    return message;
  }

  /** A thread begins with a message that only points at the one it started from. */
  startThread(starter: StoredMessage, owner: APIUser, name: string): Channel {
    const thread = this.#world.thread(starter.channel, name, owner, starter.data.id);
    const payload = { ...channelPayload(thread, this.#world), newly_created: true };
    this.#announce("THREAD_CREATE", payload, { channel: thread });
    starter.data.flags |= MessageFlags.HasThread;
    this.edit(starter, MessageBody.parse({}));
    const type = MessageType.ThreadStarterMessage;
    this.add(thread, { author: starter.data.author, body: MessageBody.parse({}), type, starter });
    return thread;
  }

  edit(message: StoredMessage, body: MessageBody, files: readonly Attachment[] = []): void {
    const { data, channel } = message;
    if (typeof body.content === "string") {
      data.content = body.content;
      message.versions.push({ content: body.content, at: this.#world.now() });
    }
    if (body.components) data.components = body.components as typeof data.components; // checked on entry
    if (body.attachments) {
      const kept = new Set(body.attachments.map(({ id }) => String(id)));
      data.attachments = data.attachments.filter(({ id }) => kept.has(id));
    }
    data.attachments.push(...this.#attached(body, files));
    data.edited_timestamp = new Date(this.#world.now()).toISOString();
    const isEphemeral = (data.flags & MessageFlags.Ephemeral) !== 0;
    if (!isEphemeral) this.#announce("MESSAGE_UPDATE", this.payloadFor(message), { channel });
  }

  delete(message: StoredMessage): void {
    const { data, channel } = message;
    message.deleted = true;
    const ids = { id: data.id, channel_id: channel.id, guild_id: channel.guild?.id };
    this.#announce("MESSAGE_DELETE", ids, { channel });
  }

  react(message: StoredMessage, user: APIUser, emoji: string): void {
    const reaction = reactionOf(message.data, emoji);
    reaction.count++;
    if (user.id === this.#world.bot.id) reaction.me = true;
    this.#announceReaction("MESSAGE_REACTION_ADD", message, user, emoji);
  }

  unreact(message: StoredMessage, user: APIUser, emoji: string): void {
    const reaction = reactionOf(message.data, emoji);
    reaction.count--;
    message.data.reactions = message.data.reactions?.filter(({ count }) => count > 0);
    this.#announceReaction("MESSAGE_REACTION_REMOVE", message, user, emoji);
  }

  /** As it is read now: what it answers may be gone meanwhile. */
  asRead({ data }: StoredMessage): object {
    const { message_reference: reference } = data;
    if (!reference?.message_id) return data;
    const answered = this.#world.message(reference.channel_id, reference.message_id);
    return { ...data, referenced_message: answered ? withoutReference(answered) : null };
  }

  /** As the gateway sends it: with its guild and its author's membership. */
  payloadFor({ data, channel }: StoredMessage): object {
    if (!channel.guild) return { ...data, channel_type: channel.type };
    const { user: _user, ...member } = memberPayload(channel.guild, data.author.id) ?? {};
    const isMember = Object.keys(member).length > 0;
    return {
      ...data,
      channel_type: channel.type,
      guild_id: channel.guild.id,
      ...(isMember ? { member } : {}),
    };
  }

  /** Whoever speaks in a thread or is named there becomes a member of it. */
  #joinThread({ channel, data }: StoredMessage): void {
    const { bot } = this.#world;
    const isConcerned = [data.author, ...data.mentions].some(({ id }) => id === bot.id);
    if (!isThread(channel) || channel.isJoined || !isConcerned) return;
    channel.isJoined = true;
    const update = {
      id: channel.id,
      guild_id: channel.guild?.id,
      member_count: 2,
      added_members: [threadMember(channel, this.#world)],
    };
    this.#announce("THREAD_MEMBERS_UPDATE", update, { channel });
  }

  #announceReaction(event: string, message: StoredMessage, user: APIUser, emoji: string): void {
    const { data, channel } = message;
    const reaction = {
      user_id: user.id,
      channel_id: channel.id,
      message_id: data.id,
      guild_id: channel.guild?.id,
      message_author_id: data.author.id,
      emoji: { id: null, name: emoji },
      burst: false,
      type: 0,
    };
    this.#announce(event, reaction, { channel });
  }

  #payload(channel: Channel, draft: Draft): MessagePayload {
    const { author, body, files = [], webhookId, type } = draft;
    const content = body.content ?? "";
    const referenced = draft.starter ?? this.#referenced(channel, body);
    return {
      id: this.#world.nextId(),
      channel_id: channel.id,
      author,
      content,
      timestamp: new Date(this.#world.now()).toISOString(),
      edited_timestamp: null,
      tts: false,
      pinned: false,
      type: type ?? (referenced ? MessageType.Reply : MessageType.Default),
      flags: body.flags ?? 0,
      embeds: body.embeds ?? [],
      components: componentsIn(body.components ?? []).length > 0 ? (body.components as never) : [], // checked on entry
      attachments: this.#attached(body, files),
      ...pingsOf(channel, body, { referenced, users: this.#world.users }),
      ...(webhookId ? { webhook_id: webhookId } : {}),
      ...(draft.interaction && {
        interaction_metadata: { ...draft.interaction, authorizing_integration_owners: {} },
      }),
      ...(referenced && {
        message_reference: {
          type: MessageReferenceType.Default,
          message_id: referenced.data.id,
          channel_id: referenced.channel.id,
          guild_id: channel.guild?.id,
        },
        referenced_message: withoutReference(referenced),
      }),
    };
  }

  /** What a form says of its own files names them by their number. */
  #attached({ attachments }: MessageBody, files: readonly Attachment[]) {
    return files.map((file, index) => {
      const said = attachments?.find(({ id }) => String(id) === String(index));
      const description = said?.description ?? undefined;
      return { ...attachmentPayload(file, this.#baseUrl()), description };
    });
  }

  #referenced(channel: Channel, { message_reference: asked }: MessageBody) {
    if (!asked) return undefined;
    const found = this.#world.message(channel.id, asked.message_id);
    if (found || !asked.fail_if_not_exists) return found;
    throw invalidForm("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
  }
}

/** One link of a chain is shown, not the one before it. */
function withoutReference({ data }: StoredMessage) {
  return structuredClone({ ...data, referenced_message: undefined });
}

function reactionOf(data: MessagePayload, emoji: string) {
  data.reactions ??= [];
  const known = data.reactions.find(({ emoji: { name } }) => name === emoji);
  if (known) return known;
  const reaction = {
    emoji: { id: null, name: emoji },
    count: 0,
    count_details: { burst: 0, normal: 0 },
    me: false,
    me_burst: false,
    burst_colors: [],
  };
  data.reactions.push(reaction);
  return reaction;
}
