/** 👍 and 👎 as reactions on a reply count like its buttons, and so does taking them away. */

import type { App } from "@slack/bolt";
import { z } from "zod";

import type { Verdict } from "../../../chat/platform.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { workspaceOf } from "../conversation/workspace.ts";

const VERDICTS: Readonly<Record<string, Verdict>> = {
  "+1": "good",
  thumbsup: "good",
  "-1": "bad",
  thumbsdown: "bad",
};

const Reaction = z.object({
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.literal("message"), channel: z.string(), ts: z.string() }),
});

export function countReactions(app: App, { bot, users, log }: SlackDeps): void {
  const count = (name: "reaction_added" | "reaction_removed") =>
    app.event(name, async ({ event, ...args }) => {
      const { user, reaction, item } = Reaction.parse(event);
      const verdict = VERDICTS[reaction.split("::")[0] ?? ""]; // without the tone of skin
      const reply = verdict && bot.replyAt(item.channel, item.ts);
      if (!reply) return;
      const person = await users.personOf(workspaceOf(args), user);
      const { text } =
        name === "reaction_added"
          ? await bot.rate(reply.id, person, verdict)
          : await bot.rate(reply.id, person, undefined, { was: verdict });
      log.debug("reaction", { reply: reply.id, text });
    });
  count("reaction_added");
  count("reaction_removed");
}
