/** `feedback VERDICT [REASON]`: rates my last reply here, where no button is at hand. */

import { HintedError } from "../../core/errors.ts";
import { placeKey } from "../admission.ts";
import type { CommandCall, Place } from "../platform.ts";
import type { Replies } from "../replies.ts";
import { REASON_LIMIT, THANKS } from "../words.ts";
import type { ChatCommand } from "./index.ts";

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
  async run(call, { replies, ratings, people, clock }) {
    const verdict = VERDICTS.find((known) => known === call.options.verdict);
    if (!verdict) {
      throw new HintedError("That is no rating.", {
        hint: "Say `feedback good` or `feedback bad`.",
      });
    }
    const reply = lastReplyAt(call, replies);
    const rater = people.pseudonymOf(call.place.platform, call.person.id);
    const { id, model, context } = reply;
    const common = { at: clock.now(), reply: id, model, rater, context };
    await ratings.save({ kind: "rating", verdict, ...common });
    const reason = String(call.options.reason ?? "")
      .trim()
      .slice(0, REASON_LIMIT);
    if (reason !== "") await ratings.save({ kind: "reason", text: reason, ...common });
    return { text: THANKS[verdict] };
  },
};

/** Given in a channel and in none of its threads, it means the last reply in any of them. */
function lastReplyAt({ place }: CommandCall, replies: Replies) {
  const isHere = (other: Place) =>
    place.thread === undefined
      ? place.platform === other.platform && place.channel === other.channel
      : placeKey(place) === placeKey(other);
  const last = [...replies.all()]
    .reverse()
    .find((reply) => isHere(reply.place) && reply.messages.length > 0);
  if (last) return last;
  throw new HintedError("I have not said anything here that I remember.", {
    hint: "Rate a reply with its buttons.",
  });
}
