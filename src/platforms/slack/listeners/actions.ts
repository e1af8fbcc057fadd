/** Clicks on replies and cards, and the shortcuts in the menu of a message. */

import type { App } from "@slack/bolt";
import { z } from "zod";

import { privately } from "../../../chat/answer.ts";
import { STALE, type Answer, type Person, type Place } from "../../../chat/platform.ts";
import { askAgain } from "./ask-again.ts";
import { giveCommand } from "./command-line.ts";
import { RUN_ACTION } from "../card/card-blocks.ts";
import { correctionModal, reasonModal } from "./modals.ts";
import { ACTION_PREFIX, RATE_ACTION } from "../reply/reply-blocks.ts";
import { remove } from "../reply/reply-target.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { isDirectChannel } from "../conversation/slack-message.ts";
import { tell } from "../conversation/tell.ts";
import { workspaceOf, type Workspace } from "../conversation/workspace.ts";

/** Everything but the home tab's buttons; also what no version of the bot ever offered. */
const NOT_AT_HOME = /^(?!lfz_home_)/;

const Click = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
  trigger_id: z.string(),
});

/** One click on a reply. */
interface Pressed {
  readonly replyId: string;
  readonly person: Person;
  readonly workspace: Workspace;
  readonly channel: string;
  readonly thread: string | undefined;
  readonly trigger: string;
  readonly deps: SlackDeps;
}

type Press = (pressed: Pressed) => Promise<Answer | undefined>;

const PRESSES: Readonly<Record<string, Press>> = {
  stop: ({ deps, replyId, person }) => deps.bot.stop(replyId, person),
  correct: (pressed) => openModal(pressed, correctionModal),
  again: (pressed) => askAgain(pressed, pressed.deps),
  remove: removeReply,
};

export const TEACH_SHORTCUT = "lfz_teach";
export const EXPLAIN_SHORTCUT = "lfz_explain";

export function serveActions(app: App, deps: SlackDeps): void {
  app.action(NOT_AT_HOME, async ({ ack, action, body, ...args }) => {
    await ack();
    const click = Click.safeParse(body);
    if (!click.success || !("action_id" in action)) return; // not on a message
    const value = "value" in action ? (action.value ?? "") : "";
    const [verdict, rated] = value.split(":", 2);
    const pressed = await pressedBy(click.data, rated ?? value, workspaceOf(args), deps);
    if (action.action_id.startsWith(RUN_ACTION)) return runButton(pressed, value);
    const isRating = action.action_id === RATE_ACTION && rated !== undefined;
    const press = PRESSES[action.action_id.replace(ACTION_PREFIX, "")];
    const answer = isRating ? await rate(pressed, verdict) : await (press ?? stale)(pressed);
    if (answer) await tellPresser(pressed, answer);
  });
}

export function serveShortcuts(app: App, deps: SlackDeps): void {
  const shortcut = (callbackId: string, press: Press) =>
    app.shortcut(callbackId, async ({ ack, shortcut, ...args }) => {
      await ack();
      const click = Click.safeParse(shortcut);
      if (!click.success) return; // a global shortcut: there is no message
      const { channel, message } = click.data;
      const replyId = deps.bot.replyAt(channel.id, message?.ts ?? "")?.id ?? "";
      const pressed = await pressedBy(click.data, replyId, workspaceOf(args), deps);
      const answer = await press(pressed);
      if (answer) await tellPresser(pressed, answer);
    });
  shortcut(TEACH_SHORTCUT, (pressed) => openModal(pressed, correctionModal));
  shortcut(EXPLAIN_SHORTCUT, ({ replyId, person }) => deps.bot.explain(replyId, person));
}

async function pressedBy(
  { user, channel, message, trigger_id: trigger }: z.infer<typeof Click>,
  replyId: string,
  workspace: Workspace,
  deps: SlackDeps,
): Promise<Pressed> {
  const person = await deps.users.personOf(workspace, user.id);
  const thread = message?.thread_ts ?? message?.ts;
  return { replyId, person, workspace, channel: channel.id, thread, trigger, deps };
}

/** The button of a card is a command line, given by whoever presses it. */
async function runButton(pressed: Pressed, line: string): Promise<void> {
  const { deps, person, workspace, channel } = pressed;
  const isDirect = isDirectChannel(channel);
  const place: Place = { platform: "slack", community: workspace.team, channel, isDirect };
  await tellPresser(pressed, await giveCommand(line, { person, place }, deps));
}

/** The last click counts: Slack's thumbs never say that they were let go. */
async function rate(pressed: Pressed, verdict: string | undefined): Promise<Answer | undefined> {
  const { deps, replyId, person } = pressed;
  if (verdict !== "good" && verdict !== "bad") return stale();
  if (verdict === "good") return deps.bot.rate(replyId, person, "good");
  const [answer, refusal] = await Promise.all([
    deps.bot.rate(replyId, person, "bad"),
    openModal(pressed, reasonModal), // within three seconds of the click
  ]);
  return refusal ?? answer;
}

async function openModal(
  { deps, replyId, workspace, channel, thread, trigger }: Pressed,
  modal: typeof reasonModal,
): Promise<Answer | undefined> {
  if (!deps.bot.reply(replyId)) return stale();
  const about = { reply: replyId, channel, ...(thread && { thread }) };
  await workspace.client.views.open({ trigger_id: trigger, view: modal(about) });
  return undefined;
}

async function removeReply(pressed: Pressed): Promise<Answer | undefined> {
  const { deps, replyId, person } = pressed;
  const refusal = deps.bot.mayRemove(replyId, person);
  if (refusal) return refusal;
  for (const ts of deps.bot.reply(replyId)?.messages ?? []) {
    await remove({ ...pressed, thread: pressed.thread ?? ts }, ts);
  }
  await deps.bot.removed(replyId);
  return undefined;
}

async function stale(): Promise<Answer> {
  return privately(STALE);
}

async function tellPresser(pressed: Pressed, answer: Answer): Promise<void> {
  await tell({ ...pressed, isDirect: isDirectChannel(pressed.channel) }, answer);
}
