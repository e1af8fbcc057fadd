/** What the bot can do where a message stands. */

import type { Message, SendableChannels } from "discord.js";

import type { Stage } from "../../chat/platform.ts";
import type { Desk } from "./desk.ts";
import { readHistory } from "./history.ts";
import { MessageReply } from "./message-reply.ts";
import { toSmallPrint } from "./text.ts";

export interface Standing {
  readonly message: Message;
  readonly channel: SendableChannels;
  /** Messages of a reply of earlier, which the new one replaces. */
  readonly earlier?: readonly Message[];
}

export function stageAt({ message, channel, earlier }: Standing, desk: Desk): Stage {
  const isOld = earlier !== undefined;
  return {
    history: (limit, signal) => readHistory(message, desk.bot, { limit, isOld, signal }),
    open: (replyId) =>
      new MessageReply(replyId, {
        channel,
        questionId: message.id,
        earlier: earlier ?? [],
        ...desk,
      }),
    async notify(words) {
      const reply = { messageReference: message.id, failIfNotExists: false };
      await channel.send({ content: toSmallPrint(words), reply });
    },
  };
}
