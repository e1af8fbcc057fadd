/**
 * How people fare with a model: what they rate, what fails, how long they wait.
 *
 * Read from the replies and ratings that are kept anyway, so that a restart
 * forgets nothing of a trial.
 */

import type { Replies, ReplyRecord } from "../chat/replies.ts";
import type { Ratings } from "../feedback/ratings.ts";

/** No single person decides about a model: of each so many ratings count, the first ones. */
const RATINGS_OF_ONE_PERSON = 10;

export interface Fare {
  readonly ratings: number;
  /** Thumbs down among them. */
  readonly bad: number;
  readonly replies: number;
  readonly failed: number;
  /** Of the replies that came, in milliseconds. */
  readonly firstTokens: readonly number[];
}

export interface Heard {
  readonly replies: Pick<Replies, "all" | "get">;
  readonly ratings: Pick<Ratings, "recent">;
}

/** What was said by a model since a moment, and what people thought of it. */
export function fareWith(model: string, since: number, { replies, ratings }: Heard): Fare {
  const isTheirs = (reply: ReplyRecord) => reply.model === model && reply.at >= since;
  const own = [...replies.all()].filter(isTheirs);
  const counted = new Map<string, number>();
  const rated = [...ratings.recent()].filter(({ reply, rater }) => {
    const record = replies.get(reply);
    if (!record || !isTheirs(record)) return false;
    const count = (counted.get(rater) ?? 0) + 1;
    counted.set(rater, count);
    return count <= RATINGS_OF_ONE_PERSON;
  });
  return {
    ratings: rated.length,
    bad: rated.filter(({ verdict }) => verdict === "bad").length,
    replies: own.length,
    failed: own.filter(({ outcome }) => outcome === "failed").length,
    firstTokens: own.map(({ firstTokenMs }) => firstTokenMs).filter((wait) => wait > 0),
  };
}
