/** What is said, edited and deleted, brought to the bot. */

import type { App } from "@slack/bolt";
import { z } from "zod";

import type { Address, ChatMessage, Person, Place } from "../../../chat/platform.ts";
import { RecentSet } from "../../../chat/recent.ts";
import { nameThread } from "./assistant-pane.ts";
import { bangCommandIn } from "./bang-command.ts";
import { runLine } from "./command-line.ts";
import {
  isDirectChannel,
  isSaying,
  MessageEvent,
  SlackMessage,
  timeOf,
} from "../conversation/slack-message.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { audienceOf, createStage, type Standing } from "../conversation/stage.ts";
import { tell } from "../conversation/tell.ts";
import { isOwn } from "../conversation/thread-history.ts";
import { programOf } from "../conversation/user-directory.ts";
import { commandOf, wordsOf } from "../conversation/wire-text.ts";
import { workspaceOf, type Workspace } from "../conversation/workspace.ts";

/** Messages that may come twice: as a mention and as a message, or delivered again. */
const REMEMBERED = 5000;

export function hearMessages(app: App, deps: SlackDeps): void {
  const heard = new RecentSet<string>(REMEMBERED);
  const take = async (event: unknown, workspace: Workspace): Promise<void> => {
    const said = { ...MessageEvent.parse(event), message: SlackMessage.parse(event) };
    if (isOwn(said.message, workspace) || !isSaying(said.message)) return;
    const key = `${said.channel}/${said.message.ts}`;
    if (heard.has(key)) return;
    heard.add(key);
    await hear(said, workspace, deps);
  };
  app.event("app_mention", async ({ event, ...args }) => take(event, workspaceOf(args)));
  app.event("message", async ({ event, ...args }) => {
    const workspace = workspaceOf(args);
    if (event.subtype === "message_changed") return takeEdit(event, workspace, deps);
    if (event.subtype === "message_deleted") return takeDeletion(event, workspace, deps);
    await take(event, workspace);
  });
}

interface Said {
  readonly channel: string;
  readonly channel_type?: string | undefined;
  readonly message: SlackMessage;
}

async function hear(said: Said, workspace: Workspace, deps: SlackDeps): Promise<void> {
  const { channel, message } = said;
  const author = await authorOf(message, workspace, deps);
  const place = placeOf(said, workspace.team);
  const text = wordsOf(message.text, workspace.botUserId);
  const address = await addressOf(said, workspace, deps);
  const standing: Standing = {
    workspace,
    channel,
    thread: place.thread,
    asker: author,
    message: message.ts,
    isDirect: place.isDirect,
  };
  const command = commandOf(message.text, workspace.botUserId);
  const mayCommand = address !== "overheard" && !author.isBot;
  const line = mayCommand ? bangCommandIn(command, deps.bot) : undefined;
  if (line !== undefined) {
    const answer = await runLine(line, { person: author, place }, standing, deps);
    return tell(audienceOf(standing), answer);
  }
  if (place.isDirect) await nameThread(standing, text, deps);
  const heard: ChatMessage = {
    id: message.ts,
    place,
    author,
    text,
    address,
    attachments: message.files.length + (text === "" ? message.attachments.length : 0),
    at: timeOf(message.ts),
  };
  await deps.bot.hear(heard, createStage(standing, deps));
}

/** Every question in a channel begins a thread, and so does one in a direct conversation. */
function placeOf(
  { channel, channel_type: kind, message }: Said,
  team: string,
): Place & { readonly thread: string } {
  const thread = message.thread_ts ?? message.ts;
  return { platform: "slack", community: team, channel, thread, isDirect: isDirect(channel, kind) };
}

/** Mentions come without a kind of channel. */
function isDirect(channel: string, kind: string | undefined): boolean {
  return kind === undefined ? isDirectChannel(channel) : kind === "im";
}

async function addressOf(
  said: Said,
  workspace: Workspace,
  { threads }: SlackDeps,
): Promise<Address> {
  const { channel, channel_type: kind, message } = said;
  const thread = message.thread_ts;
  if (isDirect(channel, kind)) return "direct";
  const isMention = message.text.includes(`<@${workspace.botUserId}>`);
  if (isMention) threads.join({ workspace, channel, thread: thread ?? message.ts });
  if (isMention) return "mention";
  if (thread === undefined || thread === message.ts) return "overheard";
  const isOurs = await threads.has({ workspace, channel, thread }).catch(() => false); // unreadable: not ours
  return isOurs ? "thread" : "overheard";
}

async function authorOf(
  { user, bot_id: botId, bot_profile: profile, subtype }: SlackMessage,
  workspace: Workspace,
  { users }: SlackDeps,
): Promise<Person> {
  const isProgram = botId !== undefined || subtype === "bot_message";
  if (isProgram) return programOf(user ?? botId ?? "nobody", profile?.name);
  return user === undefined ? programOf("nobody") : users.personOf(workspace, user);
}

const Edit = z.object({
  channel: z.string(),
  channel_type: z.string().optional(),
  message: SlackMessage,
  previous_message: SlackMessage.optional(),
});

/** Slack also tells of edits when a link is unfolded, or replies are counted. */
function takeEdit(event: unknown, workspace: Workspace, { bot }: SlackDeps): void {
  const { message, previous_message: previous, ...where } = Edit.parse(event);
  if (isOwn(message, workspace)) return;
  const place = placeOf({ ...where, message }, workspace.team);
  if (message.subtype === "tombstone") return bot.deleted(place, message.ts);
  if (message.text === previous?.text) return;
  bot.edited(place, message.ts, wordsOf(message.text, workspace.botUserId));
}

const Deletion = z.object({
  channel: z.string(),
  channel_type: z.string().optional(),
  deleted_ts: z.string(),
  previous_message: SlackMessage.optional(),
});

function takeDeletion(event: unknown, workspace: Workspace, { bot }: SlackDeps): void {
  const { deleted_ts: ts, previous_message: previous, ...where } = Deletion.parse(event);
  const message = previous ?? SlackMessage.parse({ ts });
  if (isOwn(message, workspace)) return;
  bot.deleted(placeOf({ ...where, message }, workspace.team), ts);
}
