/** The assistant pane: what one may ask, a title for each thread, and Slack's own stop button. */

import type { App } from "@slack/bolt";
import { z } from "zod";

import { reasonOf } from "../../../core/errors.ts";
import { threadKey, type SlackDeps } from "../slack-deps.ts";
import type { Standing } from "../conversation/stage.ts";

/** At most four. */
const PROMPTS = [
  { title: "What can you do?", message: "What can you do, and what can't you?" },
  { title: "Tell me a story", message: "Tell me a short story." },
  { title: "Explain something", message: "Explain to me how a rainbow comes about." },
  { title: "Just chat", message: "Hello! How are you today?" },
];

const TITLE_LENGTH = 60;

const Started = z.object({
  assistant_thread: z.object({ channel_id: z.string(), thread_ts: z.string() }),
});

const Stopped = z.object({ channel: z.string(), thread_ts: z.string() });

export function serveAssistantPane(app: App, deps: SlackDeps): void {
  app.event("assistant_thread_started", async ({ event, client }) => {
    const { channel_id, thread_ts } = Started.parse(event).assistant_thread;
    deps.untitled.add(threadKey(channel_id, thread_ts));
    await client.assistant.threads.setSuggestedPrompts({
      channel_id,
      thread_ts,
      title: "You could ask",
      prompts: PROMPTS,
    });
  });
  app.event("agent_session_stopped", async ({ event }) => {
    const { channel, thread_ts: thread } = Stopped.parse(event);
    const reply = deps.making.get(threadKey(channel, thread));
    // Slack has ended the stream already, whoever pressed: the work ends with it.
    if (reply) await deps.bot.stop(reply.replyId, reply.asker);
  });
}

/** The first thing said in a thread of the pane becomes its title. */
export async function nameThread(
  { workspace, channel, thread }: Standing,
  text: string,
  { untitled, log }: SlackDeps,
): Promise<void> {
  if (text === "" || !untitled.delete(threadKey(channel, thread))) return;
  const [line = ""] = text.split("\n");
  const title = line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
  try {
    const where = { channel_id: channel, thread_ts: thread };
    await workspace.client.assistant.threads.setTitle({ ...where, title });
  } catch (error) {
    log.debug("no title", { reason: reasonOf(error) }); // an ornament
  }
}
