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
  let view: MessageReply | undefined;
  return {
    async history(limit, signal) {
      const past = await readHistory(message, desk.bot, { limit, isOld, signal });
      const own = view?.messages ?? []; // what was begun already, where the question was edited
      return past.filter(({ id }) => !own.includes(id));
    },
    open(replyId) {
      const questionId = message.id;
      view = new MessageReply(replyId, { channel, questionId, earlier: earlier ?? [], ...desk });
      return view;
    },
    async notify(words) {
      const reply = { messageReference: message.id, failIfNotExists: false };
      await channel.send({ content: toSmallPrint(words), reply });
    },
  };
}
