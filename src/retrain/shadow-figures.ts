/** How a shadow fares beside the champion, on the same questions: sums, so that no word of a reply is kept. */

import { z } from "zod";

import type { Answered } from "../chat/models.ts";
import { repeatsItself, wordsIn } from "../core/repetition.ts";
import { firstComplaint, LEAST_ATTEMPTS } from "./judge-canary.ts";
import type { Trial } from "./registry-state.ts";

const Sums = z
  .strictObject({
    replies: z.int(),
    failed: z.int(),
    empty: z.int(),
    /** Four words in a row come twice in them. */
    repeating: z.int(),
    tokens: z.int(),
    firstTokenMs: z.number(),
    tokensPerSecond: z.number(),
  })
  .readonly();

type Sums = z.infer<typeof Sums>;

export const ShadowFigures = z
  .strictObject({
    /** Whose they are, and since when it is a shadow. */
    name: z.string(),
    since: z.number(),
    champion: Sums,
    shadow: Sums,
    /** Replies that say word for word what the champion said. */
    same: z.int(),
  })
  .readonly();

export type ShadowFigures = z.infer<typeof ShadowFigures>;

/** A reply as far as it is counted. */
export type Counted = Pick<
  Answered,
  "text" | "hasFailed" | "tokens" | "firstTokenMs" | "tokensPerSecond"
>;

const NOTHING: Sums = {
  replies: 0,
  failed: 0,
  empty: 0,
  repeating: 0,
  tokens: 0,
  firstTokenMs: 0,
  tokensPerSecond: 0,
};

export function noFigures({ name, since }: Pick<Trial, "name" | "since">): ShadowFigures {
  return { name, since, champion: NOTHING, shadow: NOTHING, same: 0 };
}

/** Both have answered one more question. */
export function withReplies(
  figures: ShadowFigures,
  { champion, shadow }: { readonly champion: Counted; readonly shadow: Counted },
): ShadowFigures {
  const isSame = !shadow.hasFailed && shadow.text.trim() === champion.text.trim();
  return {
    ...figures,
    champion: plus(figures.champion, champion),
    shadow: plus(figures.shadow, shadow),
    same: figures.same + Number(isSame),
  };
}

/** What is clearly worse about the shadow, in words; nothing if nothing is. */
export function complaintAboutShadow({ shadow, champion }: ShadowFigures): string | undefined {
  return firstComplaint(shadow, champion, [
    ["failed replies", LEAST_ATTEMPTS, ({ failed, replies }) => ({ hits: failed, of: replies })],
    ["empty replies", LEAST_ATTEMPTS, ({ empty, replies }) => ({ hits: empty, of: replies })],
  ]);
}

/** For people: the champion's in brackets. */
export function wordsAbout({ shadow, champion, same }: ShadowFigures): string {
  const { replies } = shadow;
  if (replies === 0) return "no reply yet";
  const both = (of: (sums: Sums) => string) => `${of(shadow)} (champion ${of(champion)})`;
  return [
    `beside ${replies} ${replies === 1 ? "reply" : "replies"}`,
    `${both(({ failed }) => `${failed}`)} failed`,
    `${both(({ empty }) => `${empty}`)} empty`,
    `${both(({ repeating }) => percent(repeating, replies))} going in circles`,
    `${both((sums) => mean(sums, sums.tokens))} tokens long`,
    `${both((sums) => mean(sums, sums.tokensPerSecond))} tokens/s`,
    `first token after ${both((sums) => `${mean(sums, sums.firstTokenMs)} ms`)}`,
    `${percent(same, replies)} word for word the same`,
  ].join(", ");
}

function plus(sums: Sums, reply: Counted): Sums {
  const { text, hasFailed, tokens, firstTokenMs, tokensPerSecond } = reply;
  if (hasFailed) return { ...sums, replies: sums.replies + 1, failed: sums.failed + 1 };
  return {
    replies: sums.replies + 1,
    failed: sums.failed,
    empty: sums.empty + Number(text.trim() === ""),
    repeating: sums.repeating + Number(repeatsItself(wordsIn(text))),
    tokens: sums.tokens + tokens,
    firstTokenMs: sums.firstTokenMs + firstTokenMs,
    tokensPerSecond: sums.tokensPerSecond + tokensPerSecond,
  };
}

/** Of the replies that came. */
function mean({ replies, failed }: Sums, sum: number): string {
  return (sum / Math.max(1, replies - failed)).toFixed(0);
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}
