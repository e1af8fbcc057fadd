/**
 * The streaming state machine: a message is started, appended to and stopped.
 *
 * After about five minutes, 12,000 characters or a click on the stop button
 * nothing more can be appended; what was said stays.
 */

import { wireMessage, type AppEvents } from "../app-events.ts";
import type { AppIdentity } from "../app-identity.ts";
import { findMessage, type Block, type Message, type World } from "../world.ts";
import { checkBlocks } from "./blocks.ts";
import { addBotMessage, ownMessage } from "./chat.ts";
import { SlackError, writableChannel, type Arguments, type Methods } from "./method.ts";

const STREAM_LIFETIME = 5 * 60_000;
const STREAM_LIMIT = 12_000;

export function streamMethods(app: AppIdentity, world: World, events: AppEvents): Methods {
  const scope = "chat:write";
  const isExpired = ({ stream }: Message) =>
    stream !== undefined && world.clock.now() - stream.startedAt >= STREAM_LIFETIME;
  const requireStreaming = (message: Message) => {
    if (message.stream?.state === "stopped_by_user") throw new SlackError("stopped_by_user");
    if (message.stream?.state !== "streaming" || isExpired(message)) {
      throw new SlackError("message_not_in_streaming_state");
    }
  };
  world.clock.onAdvance(() => {
    for (const message of world.messages) {
      const { stream } = message;
      if (stream?.state === "streaming" && isExpired(message)) stream.state = "stopped";
    }
  });
  return {
    "chat.startStream": {
      scope,
      run(args, caller) {
        const channel = writableChannel(world, caller, args.required("channel"));
        const threadTs = args.required("thread_ts");
        if (channel.kind !== "im") {
          if (!args.text("recipient_team_id")) throw new SlackError("missing_recipient_team_id");
          if (!args.text("recipient_user_id")) throw new SlackError("missing_recipient_user_id");
        }
        if (!findMessage(world, channel.id, threadTs)) throw new SlackError("thread_not_found");
        const text = markdownOf(args);
        requireRoom(text);
        const message = addBotMessage(world, caller, {
          channel: channel.id,
          threadTs,
          text,
          blocks: blocksIn(args),
          stream: { startedAt: world.clock.now(), state: "streaming" },
        });
        return { channel: channel.id, ts: message.ts };
      },
    },
    "chat.appendStream": {
      scope,
      run(args, caller) {
        const message = ownMessage(world, args, caller, "message_not_owned_by_app");
        requireStreaming(message);
        append(message, markdownOf(args));
        world.changes.happened();
        return { channel: message.channel, ts: message.ts };
      },
    },
    "chat.stopStream": {
      scope,
      run(args, caller) {
        const message = ownMessage(world, args, caller, "message_not_owned_by_app");
        const text = markdownOf(args);
        if (message.stream?.state !== "stopped_by_user" || text !== "") requireStreaming(message);
        const blocks = (args.json("blocks") ?? []) as readonly Block[];
        checkBlocks(blocks);
        append(message, text);
        message.blocks = [...message.blocks, ...blocks];
        if (message.stream) message.stream.state = "stopped";
        world.changes.happened();
        events.posted(message);
        return { channel: message.channel, ts: message.ts, message: wireMessage(app, message) };
      },
    },
  };
}

function append(message: Message, text: string): void {
  requireRoom(message.text + text);
  if (text === "") return;
  message.text += text;
  message.revisions.push(message.text);
}

function requireRoom(text: string): void {
  if (text.length > STREAM_LIMIT) throw new SlackError("msg_too_long");
}

interface Chunk {
  readonly type: string;
  readonly text?: string;
  readonly blocks?: readonly Block[];
}

function blocksIn(args: Arguments): readonly Block[] {
  const chunks = (args.json("chunks") ?? []) as readonly Chunk[];
  return chunks.flatMap(({ blocks = [] }) => blocks);
}

function markdownOf(args: Arguments): string {
  const chunks = (args.json("chunks") ?? []) as readonly Chunk[];
  if (chunks.some(({ type, text }) => type === "markdown_text" && !text)) {
    throw new SlackError("invalid_chunks");
  }
  const texts = chunks.map(({ type, text }) => (type === "markdown_text" ? (text ?? "") : ""));
  return (args.text("markdown_text") ?? "") + texts.join("");
}
