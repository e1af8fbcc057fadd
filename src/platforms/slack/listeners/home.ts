/** The app's home tab: how the bot does, what it keeps, and the choice to be learnt from. */

import type { App, types } from "@slack/bolt";
import { z } from "zod";

import type { Place } from "../../../chat/platform.ts";
import { giveCommand } from "./command-line.ts";
import { plain } from "../reply/reply-blocks.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { escaped } from "../conversation/wire-text.ts";
import { workspaceOf, type Workspace } from "../conversation/workspace.ts";

/** What the tab shows: a title, and the command whose answer stands under it. */
const SECTIONS = [
  ["Who answers", "model"],
  ["How it goes", "stats"],
  ["Settings of this workspace", "settings"],
  ["What I keep", "privacy"],
] as const;

const BUTTONS = [
  ["Opt in", "opt-in"],
  ["Opt out", "opt-out"],
] as const;

const PREFIX = "lfz_home_";
const SECTION_LIMIT = 3000;

const Opened = z.object({ user: z.string(), channel: z.string(), tab: z.string().optional() });

const Pressed = z.object({
  user: z.object({ id: z.string() }),
  view: z.object({ private_metadata: z.string() }),
});

export function serveHome(app: App, deps: SlackDeps): void {
  app.event("app_home_opened", async ({ event, ...args }) => {
    const { user, channel, tab } = Opened.parse(event);
    if (tab === "messages") return;
    await publish(workspaceOf(args), user, channel, deps);
  });
  app.action(new RegExp(`^${PREFIX}`), async ({ ack, action, body, ...args }) => {
    await ack();
    const pressed = Pressed.safeParse(body);
    if (!pressed.success || !("action_id" in action)) return; // a forged click
    const { user, view } = pressed.data;
    const workspace = workspaceOf(args);
    const place = homePlace(workspace, view.private_metadata);
    const person = await deps.users.personOf(workspace, user.id);
    await giveCommand(action.action_id.slice(PREFIX.length), { person, place }, deps);
    await publish(workspace, user.id, place.channel, deps);
  });
}

async function publish(
  workspace: Workspace,
  user: string,
  channel: string,
  deps: SlackDeps,
): Promise<void> {
  const person = await deps.users.personOf(workspace, user);
  const place = homePlace(workspace, channel);
  const answers = await Promise.all(
    SECTIONS.map(([, line]) => giveCommand(line, { person, place }, deps)),
  );
  const sections = SECTIONS.flatMap(([title], index) => section(title, answers[index]?.text ?? ""));
  await workspace.client.views.publish({
    user_id: user,
    view: { type: "home", private_metadata: channel, blocks: [...sections, buttons()] },
  });
}

function homePlace({ team }: Workspace, channel: string): Place {
  return { platform: "slack", community: team, channel, isDirect: true };
}

function section(title: string, text: string): types.KnownBlock[] {
  if (text === "") return [];
  return [
    { type: "header", text: plain(title) },
    { type: "section", text: { type: "mrkdwn", text: toMrkdwn(text).slice(0, SECTION_LIMIT) } },
  ];
}

/** The home tab knows no markdown, only Slack's own notation. */
function toMrkdwn(markdown: string): string {
  return escaped(markdown)
    .replace(/\*\*(.+?)\*\*/g, "*$1*")
    .replace(/^- /gm, "• ");
}

function buttons(): types.ActionsBlock {
  return {
    type: "actions",
    elements: [
      ...BUTTONS.map(([label, line]): types.Button => ({
        type: "button",
        action_id: PREFIX + line,
        text: plain(label),
      })),
      {
        type: "button",
        action_id: `${PREFIX}forget-me yes`,
        style: "danger",
        text: plain("Forget me"),
        confirm: {
          title: plain("Forget me?"),
          text: plain("All I keep about you is deleted. That cannot be undone."),
          confirm: plain("Forget me"),
          deny: plain("Cancel"),
        },
      },
    ],
  };
}
