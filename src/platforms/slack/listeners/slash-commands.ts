/** `/lfz <verb>`: every command of the bot, as the declared list has it. */

import type { App } from "@slack/bolt";

import type { CommandCall, Place } from "../../../chat/platform.ts";
import { askBot, giveCommand } from "./command-line.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { isDirectChannel, QUESTION } from "../conversation/slack-message.ts";
import { contentOf, tell, type Audience } from "../conversation/tell.ts";
import { commandOf } from "../conversation/wire-text.ts";
import { refusalOf, workspaceOf, type Workspace } from "../conversation/workspace.ts";

export const SLASH_COMMAND = "/lfz";

export function serveSlashCommands(app: App, deps: SlackDeps): void {
  app.command(SLASH_COMMAND, async ({ ack, command, respond, ...args }) => {
    await ack();
    const workspace = workspaceOf(args);
    const { channel_id: channel, user_id: user } = command;
    const person = await deps.users.personOf(workspace, user);
    const place: Place = {
      platform: "slack",
      community: workspace.team,
      channel,
      isDirect: isDirectChannel(channel),
    };
    const line = commandOf(command.text, workspace.botUserId);
    const answer = await giveCommand(line, { person, place }, deps);
    const { file, text, isPrivate, ask } = answer;
    if (text !== "") {
      const response_type = isPrivate ? "ephemeral" : "in_channel";
      await respond({ response_type, ...contentOf(text) });
    }
    const audience: Audience = { workspace, channel, isDirect: place.isDirect, person };
    if (file) await tell(audience, { text: "", isPrivate: true, file });
    if (ask === undefined) return;
    const refusal = await askInChannel(ask, audience, { person, place }, deps);
    if (refusal) await respond({ response_type: "ephemeral", text: refusal });
  });
}

/** The question is posted for all to see, and answered in its thread. Gives why that cannot be. */
async function askInChannel(
  text: string,
  { workspace, channel }: Audience,
  { person, place }: Pick<CommandCall, "person" | "place">,
  deps: SlackDeps,
): Promise<string | undefined> {
  try {
    const ts = await postQuestion(text, person.id, workspace, channel);
    const where = { workspace, channel, thread: ts, message: ts, isDirect: place.isDirect };
    await askBot(
      text,
      { person, place: { ...place, thread: ts } },
      { ...where, asker: person },
      deps,
    );
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === "not_in_channel" || refusal === "channel_not_found") {
      return "I am not in this channel. Invite me, or write to me directly.";
    }
    throw error;
  }
}

async function postQuestion(
  text: string,
  user: string,
  { client }: Workspace,
  channel: string,
): Promise<string> {
  const { ts } = await client.chat.postMessage({
    channel,
    ...contentOf(`<@${user}>: ${text}`),
    metadata: { event_type: QUESTION, event_payload: { user, text } },
  });
  if (ts === undefined) throw new Error("Slack gave no ts for a new message.");
  return ts;
}
