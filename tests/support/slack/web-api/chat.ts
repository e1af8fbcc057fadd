/** chat.*: messages that are written, changed and taken away. */

import { wireMessage, type AppEvents } from "../app-events.ts";
import type { AppIdentity } from "../app-identity.ts";
import { assistantThread, findMessage, type Block, type Message, type World } from "../world.ts";
import { checkBlocks, checkSlackFiles } from "./blocks.ts";
import {
  channelOf,
  SlackError,
  writableChannel,
  type Arguments,
  type Caller,
  type Methods,
} from "./method.ts";

const TEXT_LIMIT = 40_000;
const UPDATE_LIMIT = 4000;
const MARKDOWN_LIMIT = 12_000;

export function chatMethods(app: AppIdentity, world: World, events: AppEvents): Methods {
  const scope = "chat:write";
  return {
    "chat.postMessage": {
      scope,
      run(args, caller) {
        const message = post(world, args, caller);
        events.posted(message);
        return { channel: message.channel, ts: message.ts, message: wireMessage(app, message) };
      },
    },
    "chat.postEphemeral": {
      scope,
      run(args, caller) {
        const user = args.required("user");
        const channel = writableChannel(world, caller, args.required("channel"));
        if (!channel.members.has(user)) throw new SlackError("user_not_in_channel");
        const message = post(world, args, caller, user);
        return { message_ts: message.ts };
      },
    },
    "chat.update": {
      scope,
      run(args, caller) {
        const message = ownMessage(world, args, caller, "cant_update_message");
        if (message.stream?.state === "streaming") throw new SlackError("streaming_state_conflict");
        const content = contentOf(world, args, UPDATE_LIMIT);
        const previous = { ...message };
        rewrite(message, content.text, content.blocks);
        world.changes.happened();
        events.changed(message, previous);
        return { channel: message.channel, ts: message.ts, text: message.text };
      },
    },
    "chat.delete": {
      scope,
      run(args, caller) {
        const message = ownMessage(world, args, caller, "cant_delete_message");
        message.deleted = true;
        world.changes.happened();
        events.removed(message);
        return { channel: message.channel, ts: message.ts };
      },
    },
  };
}

/** Changes what a message says, and remembers what it said before. */
export function rewrite(message: Message, text: string, blocks: readonly Block[]): void {
  message.text = text;
  message.blocks = blocks;
  message.edited = true;
  message.revisions.push(text);
}

/** Puts a message of the bot into the world. */
export function addBotMessage(
  world: World,
  { installation }: Caller,
  fields: Pick<Message, "channel" | "text" | "blocks"> & Partial<Message>,
): Message {
  const message: Message = {
    teamId: installation.teamId,
    ts: world.nextTs(),
    user: installation.botUserId,
    botId: installation.botId,
    files: [],
    revisions: [fields.text],
    edited: false,
    deleted: false,
    reactions: [],
    ...fields,
  };
  world.messages.push(message);
  if (message.threadTs) assistantThread(world, message.channel, message.threadTs).status = "";
  world.changes.happened();
  return message;
}

/** The message the call names, if it is the bot's own. */
export function ownMessage(
  world: World,
  args: Arguments,
  caller: Caller,
  otherwise: string,
): Message {
  const channel = channelOf(world, caller, args.required("channel"));
  if (channel.archived) throw new SlackError("is_archived");
  const message = findMessage(world, channel.id, args.required("ts"));
  if (!message) throw new SlackError("message_not_found");
  if (message.botId !== caller.installation.botId) throw new SlackError(otherwise);
  return message;
}

function post(world: World, args: Arguments, caller: Caller, ephemeralFor?: string): Message {
  const channel = writableChannel(world, caller, args.required("channel"));
  const { text, blocks } = contentOf(world, args, TEXT_LIMIT);
  const threadTs = args.text("thread_ts");
  if (threadTs && !findMessage(world, channel.id, threadTs)) {
    throw new SlackError("thread_not_found");
  }
  const metadata = args.json("metadata");
  return addBotMessage(world, caller, {
    channel: channel.id,
    text,
    blocks,
    ...(threadTs && { threadTs }),
    ...(ephemeralFor && { ephemeralFor }),
    ...(metadata !== undefined && { metadata }),
  });
}

/** Markdown is what the person reads; with blocks, `text` only stands in notifications. */
function contentOf(
  world: World,
  args: Arguments,
  limit: number,
): { text: string; blocks: readonly Block[] } {
  const markdown = args.text("markdown_text");
  const text = args.text("text");
  const blocks = (args.json("blocks") ?? []) as readonly Block[];
  if (markdown !== undefined && (text !== undefined || blocks.length > 0)) {
    throw new SlackError("markdown_text_conflict");
  }
  if ((markdown ?? "").length > MARKDOWN_LIMIT) throw new SlackError("msg_too_long");
  if ((text ?? "").length > limit) throw new SlackError("msg_too_long");
  checkBlocks(blocks);
  checkSlackFiles(blocks, world);
  const shown = markdown ?? text ?? "";
  if (shown === "" && blocks.length === 0) throw new SlackError("no_text");
  return { text: shown, blocks };
}
