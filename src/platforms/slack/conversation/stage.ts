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
  let view: SlackReplyView | undefined;
  return {
    async history(limit, signal) {
      const past = await readThread(standing, { limit, signal, users, isCommand });
      const own = view?.messages ?? []; // what was begun already, where the question was edited
      return past.filter(({ id }) => !own.includes(id));
    },
    open(replyId) {
      const key = threadKey(channel, thread);
      const log = deps.log.with({ channel, thread, reply: replyId });
      threads.join(standing);
      making.set(key, { replyId, asker });
      const target = { ...standing, replyId, askerId: asker.id, question: message };
      const onEnd = () => {
        if (making.get(key)?.replyId === replyId) making.delete(key);
      };
      view = new SlackReplyView(target, { clock, log, onEnd, ...(replaces && { replaces }) });
      return view;
    },
    notify: (words) => tell(audienceOf(standing), { text: words, isPrivate: true }),
  };
}

/** A remark for one person in a thread that nobody has opened yet would not be seen. */
export function audienceOf({ thread, message, asker, ...where }: Standing): Audience {
  const isInThread = where.isDirect || message !== thread;
  return { ...where, thread: isInThread ? thread : undefined, person: asker };
}
