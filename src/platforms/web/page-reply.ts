/**
 * A question on the page, which is one to the bot: what is set for the page
 * holds, and the reply is kept, so that it can be rated as in any chat.
 */

import { certaintyOf } from "../../chat/certainty.ts";
import type { ReplyRecord } from "../../chat/replies.ts";
import type { GenerationEvent, GenerationRequest } from "../../generate/types.ts";
import { ApiError } from "./api-error.ts";
import type { AnswerEvent, DoneEvent } from "./completion.ts";
import { OWNER, PAGE, type PageBot } from "./owner.ts";

/**
 * The request as the bot would put it. What it says itself wins.
 *
 * @throws ApiError 503 while the bot is to be silent.
 */
export function toPageRequest(request: GenerationRequest, bot: PageBot): GenerationRequest {
  const { refusal, persona, length, temperature } = bot.termsAt(PAGE);
  if (refusal !== undefined) throw new ApiError(503, refusal, { code: "silenced" });
  const { messages, maxTokens, sampling } = request;
  const hasPersona = messages.some(({ role }) => role === "system");
  return {
    ...request,
    messages:
      persona && !hasPersona ? [{ role: "system", content: persona }, ...messages] : messages,
    maxTokens: maxTokens ?? length,
    sampling: temperature === undefined ? sampling : { temperature, ...sampling },
  };
}

/** The same events; the last one says as which reply it is kept, if it can be rated. */
export async function* keepReply(
  events: AsyncIterable<GenerationEvent>,
  { messages, sampling }: GenerationRequest,
  model: string,
  bot: PageBot,
): AsyncGenerator<AnswerEvent> {
  const begunAt = bot.now();
  let text = "";
  for await (const event of events) {
    if (event.type === "text") {
      text += event.text;
      yield event;
      continue;
    }
    yield { ...event, kept: await keep(event) };
  }

  async function keep(done: DoneEvent): Promise<ReplyRecord | undefined> {
    const outcome = outcomeOf(done, text);
    if (!outcome) return undefined;
    const { promptTokens, tokenIds, droppedTurns, firstTokenMs, tokensPerSecond } = done;
    const { temperature, topP } = done.sampling;
    return bot.keep({
      place: PAGE,
      asker: OWNER,
      begunAt,
      read: messages,
      text: text.trim(),
      outcome,
      model,
      seed: sampling?.seed ?? 0,
      promptTokens,
      tokens: tokenIds.length,
      droppedTurns,
      firstTokenMs,
      tokensPerSecond,
      temperature,
      topP,
      certainty: certaintyOf(done.tokens),
    });
  }
}

/** Nothing for what broke off or was silent: nobody rates it. */
function outcomeOf({ finishReason }: DoneEvent, text: string): "finished" | "length" | undefined {
  if (text.trim() === "") return undefined;
  if (finishReason === "stop") return "finished";
  return finishReason === "length" ? "length" : undefined;
}
