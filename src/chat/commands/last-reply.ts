/** The reply somebody means who does not say which: the last one here. */

import { HintedError } from "../../core/errors.ts";
import { placeKey } from "../admission.ts";
import type { Place } from "../platform.ts";
import type { Replies, ReplyRecord } from "../replies.ts";

/**
 * In a channel, but in none of its threads, it is the last one in any of them.
 *
 * @throws HintedError if there is none
 */
export function lastReplyAt(place: Place, replies: Replies): ReplyRecord {
  const isHere = (other: Place) =>
    place.thread === undefined
      ? place.platform === other.platform && place.channel === other.channel
      : placeKey(place) === placeKey(other);
  const last = [...replies.all()]
    .reverse()
    .find((reply) => isHere(reply.place) && reply.messages.length > 0);
  if (last) return last;
  throw new HintedError("I have not said anything here that I remember.", {
    hint: "Use the buttons of a reply.",
  });
}
