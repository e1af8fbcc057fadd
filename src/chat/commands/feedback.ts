/** `feedback VERDICT [REASON]`: rates my last reply here, where no button is at hand. */

import { HintedError } from "../../core/errors.ts";
import { ReplyFeedback } from "../reply-feedback.ts";
import { REASON_LIMIT } from "../words.ts";
import type { ChatCommand } from "./index.ts";
import { lastReplyAt } from "./last-reply.ts";

const VERDICTS = ["good", "bad"] as const;

export const feedback: ChatCommand = {
  name: "feedback",
  summary: "Rate my last reply here",
  audience: "everyone",
  isPrivate: true,
  options: [
    {
      name: "verdict",
      description: "how you liked it",
      type: "text",
      isRequired: true,
      choices: VERDICTS,
    },
    { name: "reason", description: "why", type: "text", maxLength: REASON_LIMIT },
  ],
  async run(call, context) {
    const verdict = VERDICTS.find((known) => known === call.options.verdict);
    if (!verdict) {
      throw new HintedError("That is no rating.", {
        hint: "Say `feedback good` or `feedback bad`.",
      });
    }
    const reply = lastReplyAt(call.place, context.replies);
    const said = new ReplyFeedback(context);
    const answer = await said.rate(reply, call.person, verdict);
    const reason = String(call.options.reason ?? "").trim();
    if (reason !== "") await said.explain(reply, call.person, reason);
    return { text: answer.text };
  },
};
