/**
 * Preference rows as tokens: each row is one record of a shard, so that split,
 * counts and cache are those of conversations.
 *
 * A pair is `prompt chosen <eos> prompt rejected <eos>`, a rated reply
 * `prompt reply <eos>`; what is said beside the tokens is whether a reply is
 * wanted. Learning reads them back with `repliesIn`.
 */

import type { Conversation, Message } from "../../src/core/chat/conversation.ts";
import { renderPrompt } from "../../src/core/chat/template.ts";
import { HintedError } from "../../src/core/errors.ts";
import { isPair, parsePreference, type Preference } from "../../src/core/feedback/preference.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { UNWANTED, WANTED } from "./manifest.ts";
import type { Provenance } from "./provenance.ts";
import { readSoundRows } from "./read-conversations.ts";
import type { Row } from "./read-rows.ts";
import type { TokenRange } from "./shards.ts";
import type { RenderedRow } from "./tokenise.ts";

/** `dpo` learns from pairs, `kto` from replies that are good or bad each by itself. */
export type PreferenceMethod = "dpo" | "kto";

/** @throws HintedError for rows that are broken, may not be learnt from, or are none for the method */
export async function* renderPreferences(
  files: readonly string[],
  stated: Provenance,
  { method, tokenizer }: { readonly method: PreferenceMethod; readonly tokenizer: ChatTokenizer },
): AsyncGenerator<RenderedRow> {
  for await (const row of readSoundRows(files, parsePreference, stated)) {
    for (const { prompt, replies } of judgedReplies(row, method)) {
      const start = renderPrompt(prompt, tokenizer);
      const rendered = { ids: [] as number[], reply: [] as number[] };
      for (const { text, wanted } of replies) {
        const said = [...tokenizer.encode(text), tokenizer.specials.eos];
        rendered.ids.push(...start, ...said);
        rendered.reply.push(...start.map(() => 0), ...said.map(() => (wanted ? WANTED : UNWANTED)));
      }
      // the prompt alone decides the split: no prompt is both learnt from and judged by
      const conversation: Conversation = { ...row.conversation, messages: prompt };
      yield { conversation, rendered, bytes: row.bytes };
    }
  }
}

interface JudgedReplies {
  readonly prompt: readonly Message[];
  readonly replies: readonly { readonly text: string; readonly wanted: boolean }[];
}

/** What one row gives to learn from: a pair is two thumbs for KTO, and a thumb nothing for DPO. */
function judgedReplies(
  { conversation, file, line }: Row<Preference>,
  method: PreferenceMethod,
): JudgedReplies[] {
  if (isPair(conversation)) {
    const { messages: prompt, chosen, rejected } = conversation;
    const replies = [
      { text: chosen, wanted: true },
      { text: rejected, wanted: false },
    ];
    return method === "dpo"
      ? [{ prompt, replies }]
      : replies.map((reply) => ({ prompt, replies: [reply] }));
  }
  if (method === "dpo") {
    throw new HintedError(`${file}, line ${line}: DPO without pairs: the row rates one reply.`, {
      hint: "Take --method kto, or write rows with messages, chosen and rejected.",
    });
  }
  const { messages, label } = conversation;
  const text = messages.at(-1)!.content; // the record ends with the reply
  return [{ prompt: messages.slice(0, -1), replies: [{ text, wanted: label }] }];
}

/** A prompt with one reply to it. */
export interface RepliedPrompt {
  readonly ids: Int32Array;
  /** Where in `ids` the reply begins; it is all that follows. */
  readonly replyStart: number;
  readonly wanted: boolean;
}

/** A shard's record taken apart again. */
export function repliesIn({ ids, reply }: TokenRange): RepliedPrompt[] {
  const found: RepliedPrompt[] = [];
  for (let start = 0, end = 0; start < ids.length; start = end) {
    let replyStart = start;
    while (reply[replyStart] === 0) replyStart++;
    for (end = replyStart; end < ids.length && reply[end] !== 0; end++);
    const wanted = reply[replyStart] === WANTED;
    found.push({ ids: ids.subarray(start, end), replyStart: replyStart - start, wanted });
  }
  return found;
}
