/** The forms in which people say why a reply was bad, and what would have been better. */

import type { App, types } from "@slack/bolt";
import { z } from "zod";

import { REASON_LIMIT } from "../../../chat/words.ts";
import { plain } from "../reply/reply-blocks.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { isDirectChannel } from "../conversation/slack-message.ts";
import { tell } from "../conversation/tell.ts";
import { workspaceOf } from "../conversation/workspace.ts";

const CALLBACK = "lfz_feedback";

/** Slack lets people type so many characters into one field. */
const FIELD_LIMIT = 3000;

/** What the form is about; Slack keeps it, so it is checked when it comes back. */
const About = z.strictObject({
  reply: z.string().max(40),
  channel: z.string().max(40),
  thread: z.string().max(40).optional(),
});

export type About = z.infer<typeof About>;

const Field = z.object({ text: z.object({ value: z.string().nullish() }) });

const Submission = z.object({
  private_metadata: z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "no JSON" });
      return z.NEVER;
    }
  }),
  state: z.object({
    values: z.object({ reason: Field.optional(), correction: Field.optional() }),
  }),
});

/** After a thumb down: why, and a better answer, both as one likes. */
export function reasonModal(about: About): types.ModalView {
  return modal(about, "What was wrong?", [
    input("reason", "Why was it bad?", { limit: REASON_LIMIT, isOptional: true }),
    input("correction", "A better answer", { limit: FIELD_LIMIT, isOptional: true }),
  ]);
}

export function correctionModal(about: About): types.ModalView {
  return modal(about, "A better answer", [
    input("correction", "What should I have said?", { limit: FIELD_LIMIT, isOptional: false }),
  ]);
}

export function serveModals(app: App, deps: SlackDeps): void {
  app.view(CALLBACK, async ({ ack, view, body, ...args }) => {
    await ack();
    const submission = Submission.safeParse(view);
    const about = About.safeParse(submission.data?.private_metadata);
    if (!submission.success || !about.success) {
      return deps.log.warn("a form that is not ours", { team: args.context.teamId });
    }
    const workspace = workspaceOf(args);
    const person = await deps.users.personOf(workspace, body.user.id);
    const { reply, channel, thread } = about.data;
    const { reason, correction } = submission.data.state.values;
    const words = [
      reason && (await deps.bot.explainRating(reply, person, reason.text.value ?? "")),
      correction && (await deps.bot.correct(reply, person, correction.text.value ?? "")),
    ];
    const given = [reason, correction].map((field) => (field?.text.value ?? "").trim() !== "");
    const answers = words.filter((answer, index) => given[index] && answer);
    const text = [...new Set(answers.map((answer) => answer?.text ?? ""))].join("\n");
    const isDirect = isDirectChannel(channel);
    await tell({ workspace, channel, thread, isDirect, person }, { text, isPrivate: true });
  });
}

function modal(about: About, title: string, blocks: types.KnownBlock[]): types.ModalView {
  return {
    type: "modal",
    callback_id: CALLBACK,
    private_metadata: JSON.stringify(about),
    title: plain(title),
    submit: plain("Send"),
    close: plain("Cancel"),
    blocks,
  };
}

function input(
  name: string,
  label: string,
  { limit, isOptional }: { readonly limit: number; readonly isOptional: boolean },
): types.InputBlock {
  return {
    type: "input",
    block_id: name,
    optional: isOptional,
    label: plain(label),
    element: {
      type: "plain_text_input",
      action_id: "text",
      multiline: true,
      max_length: limit,
    },
  };
}
