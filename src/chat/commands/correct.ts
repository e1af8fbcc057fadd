/** `correct TEXT`: teaches a better answer than my last reply here, where no button is at hand. */

import { ReplyFeedback } from "../reply-feedback.ts";
import { CORRECTION_LIMIT } from "../words.ts";
import type { ChatCommand } from "./index.ts";
import { lastReplyAt } from "./last-reply.ts";

export const correct: ChatCommand = {
  name: "correct",
  summary: "Teach me a better answer than my last reply here",
  audience: "everyone",
  isPrivate: true,
  options: [
    {
      name: "text",
      description: "what I should have said",
      type: "text",
      isRequired: true,
      maxLength: CORRECTION_LIMIT,
    },
  ],
  async run({ options, person, place }, context) {
    const reply = lastReplyAt(place, context.replies);
    const text = String(options.text ?? "");
    return { text: (await new ReplyFeedback(context).correct(reply, person, text)).text };
  },
};
