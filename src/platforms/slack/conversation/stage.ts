/** What can be done where a message stands: read its thread, reply to it, tell its author something. */

import type { Person, Stage } from "../../../chat/platform.ts";
import { bangCommandIn } from "../listeners/bang-command.ts";
import { SlackReplyView } from "../reply/reply-view.ts";
import { threadKey, type SlackDeps } from "../slack-deps.ts";
import { tell, type Audience } from "./tell.ts";
import { readThread, type Thread } from "./thread-history.ts";

export interface Standing extends Thread {
  readonly asker: Person;
  /** The message itself. */
  readonly message: string;
  readonly isDirect: boolean;
  /** The messages of a reply that is to be said anew. */
  readonly replaces?: readonly string[];
}

export function createStage(standing: Standing, deps: SlackDeps): Stage {
  const { channel, thread, asker, message, replaces } = standing;
  const { bot, clock, users, making, threads } = deps;
  const isCommand = (text: string) => bangCommandIn(text, bot) !== undefined;
  return {
    history: (limit, signal) => readThread(standing, { limit, signal, users, isCommand }),
    open(replyId) {
      const key = threadKey(channel, thread);
      const log = deps.log.with({ channel, thread, reply: replyId });
      threads.join(standing);
      making.set(key, { replyId, asker });
      const target = { ...standing, replyId, askerId: asker.id, question: message };
      const onEnd = () => {
        if (making.get(key)?.replyId === replyId) making.delete(key);
      };
      return new SlackReplyView(target, { clock, log, onEnd, ...(replaces && { replaces }) });
    },
    notify: (words) => tell(audienceOf(standing), { text: words, isPrivate: true }),
  };
}

/** A remark for one person in a thread that nobody has opened yet would not be seen. */
export function audienceOf({ thread, message, asker, ...where }: Standing): Audience {
  const isInThread = where.isDirect || message !== thread;
  return { ...where, thread: isInThread ? thread : undefined, person: asker };
}
