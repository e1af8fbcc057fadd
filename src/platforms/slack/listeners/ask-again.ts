/** 🔁: the question of a reply, as it stands now, answered once more in the same place. */

import { privately } from "../../../chat/answer.ts";
import { STALE, type Answer, type Person } from "../../../chat/platform.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { QUESTION, timeOf, type SlackMessage } from "../conversation/slack-message.ts";
import { createStage } from "../conversation/stage.ts";
import { messagesIn } from "../conversation/thread-history.ts";
import { wordsOf } from "../conversation/wire-text.ts";
import type { Workspace } from "../conversation/workspace.ts";

interface Asking {
  readonly replyId: string;
  readonly person: Person;
  readonly workspace: Workspace;
}

const GONE = privately("Your question is gone; ask it again.");

export async function askAgain(
  { replyId, person, workspace }: Asking,
  deps: SlackDeps,
): Promise<Answer> {
  const record = deps.bot.reply(replyId);
  if (!record) return privately(STALE);
  const { place, question, messages: replaces } = record;
  const { channel, isDirect } = place;
  const thread = place.thread ?? question[0] ?? "";
  const where = { workspace, channel, thread };
  const asked = (await messagesIn(where)).filter(({ ts }) => question.includes(ts));
  const last = asked.at(-1);
  if (!last) return GONE;
  const text = asked.map((message) => questionIn(message, workspace)).join("\n");
  const stage = createStage(
    { ...where, asker: person, message: last.ts, isDirect, replaces },
    deps,
  );
  const common = { id: last.ts, place, author: person, text, at: timeOf(last.ts) };
  return deps.bot.again(replyId, { ...common, address: "command", attachments: 0 }, stage);
}

function questionIn({ text, metadata }: SlackMessage, { botUserId }: Workspace): string {
  const asked = metadata?.event_type === QUESTION && metadata.event_payload["text"];
  return typeof asked === "string" ? asked : wordsOf(text, botUserId);
}
