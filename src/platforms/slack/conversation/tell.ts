/** Words of the bot that are no reply: refusals, answers to commands and clicks. */

import type { Answer, Person } from "../../../chat/platform.ts";
import { markdown, MARKDOWN_LIMIT } from "../reply/reply-blocks.ts";
import { defuse } from "../reply/safe-text.ts";
import { NOTICE } from "./slack-message.ts";
import { refusalOf, type Workspace } from "./workspace.ts";

export interface Audience {
  readonly workspace: Workspace;
  readonly channel: string;
  /** Nothing: the channel itself. */
  readonly thread?: string | undefined;
  readonly isDirect: boolean;
  readonly person: Pick<Person, "id">;
}

export async function tell(audience: Audience, answer: Answer): Promise<void> {
  if (answer.file) await sendFile(audience, answer.file);
  if (answer.text === "") return;
  if (answer.isPrivate && !audience.isDirect) await whisper(audience, answer.text);
  else await postNotice(audience, answer.text);
}

/** Only the person sees it; where the bot is no member, it writes to the person directly. */
async function whisper(audience: Audience, text: string): Promise<void> {
  const { workspace, channel, thread, person } = audience;
  try {
    await workspace.client.chat.postEphemeral({
      channel,
      user: person.id,
      ...contentOf(text),
      ...(thread && { thread_ts: thread }),
    });
  } catch (error) {
    if (!UNREACHABLE.has(refusalOf(error) ?? "")) throw error;
    await postNotice({ ...audience, channel: await directTo(audience), thread: undefined }, text);
  }
}

const UNREACHABLE = new Set(["not_in_channel", "channel_not_found", "user_not_in_channel"]);

async function postNotice(audience: Audience, text: string): Promise<void> {
  const { workspace, channel, thread } = audience;
  await workspace.client.chat.postMessage({
    channel,
    ...contentOf(text),
    ...(thread && { thread_ts: thread }),
    metadata: { event_type: NOTICE, event_payload: {} },
  });
}

async function sendFile(audience: Audience, file: { name: string; text: string }): Promise<void> {
  const { workspace, isDirect, channel, thread } = audience;
  const channel_id = isDirect ? channel : await directTo(audience);
  const where = isDirect && thread ? { channel_id, thread_ts: thread } : { channel_id };
  await workspace.client.filesUploadV2({ ...where, filename: file.name, content: file.text });
}

async function directTo({ workspace, person }: Audience): Promise<string> {
  const { channel } = await workspace.client.conversations.open({ users: person.id });
  return channel?.id ?? "";
}

export function contentOf(text: string) {
  const safe = defuse(text.slice(0, MARKDOWN_LIMIT));
  return { text: safe.slice(0, 150), blocks: [markdown(safe)] };
}
