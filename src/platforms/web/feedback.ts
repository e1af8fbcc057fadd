/** `POST /v1/feedback`: what the owner thinks of a reply of the page, or what it should have said. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { z } from "zod";

import { STALE, type Answer } from "../../chat/platform.ts";
import { CORRECTION_LIMIT, REASON_LIMIT } from "../../chat/words.ts";
import { ApiError } from "./api-error.ts";
import { readJson } from "./body.ts";
import { OWNER, PAGE, type PageBot } from "./owner.ts";
import { parseBody } from "./parse-body.ts";
import { sendJson } from "./send-json.ts";

const textOf = (limit: number) => z.string().trim().min(1).max(limit);

const Feedback = z
  .strictObject({
    /** `lfz.reply_id` of a completion. */
    reply: z.string().max(64),
    /** null takes the thumb back. */
    verdict: z.enum(["good", "bad"]).nullish(),
    reason: textOf(REASON_LIMIT).optional(),
    correction: textOf(CORRECTION_LIMIT).optional(),
  })
  .refine(
    ({ verdict, reason, correction }) =>
      verdict !== undefined || reason !== undefined || correction !== undefined,
    { error: "say something of the reply: verdict, reason or correction" },
  );

type Feedback = z.infer<typeof Feedback>;

export async function giveFeedback(
  request: IncomingMessage,
  response: ServerResponse,
  bot: PageBot,
): Promise<void> {
  const feedback = parseBody(Feedback, await readJson(request));
  if (bot.reply(feedback.reply)?.place.platform !== PAGE.platform) {
    throw new ApiError(404, STALE, { code: "unknown_reply", param: "reply" });
  }
  const texts: string[] = [];
  for await (const { text, failure } of answers(feedback, bot)) {
    if (failure) throw new ApiError(500, text, { code: "internal_error" });
    texts.push(text);
  }
  sendJson(response, 200, { text: texts.at(-1) }); // the last one thanks for all of it
}

async function* answers(
  { reply, verdict, reason, correction }: Feedback,
  bot: PageBot,
): AsyncGenerator<Answer> {
  if (verdict !== undefined) yield await bot.rate(reply, OWNER, verdict ?? undefined);
  if (reason !== undefined) yield await bot.explainRating(reply, OWNER, reason);
  if (correction !== undefined) yield await bot.correct(reply, OWNER, correction);
}
