/** Conversations to learn from or to judge by: every row sound, or an error that names the first that is not. */

import { parseConversation, type Conversation } from "../../src/core/chat/conversation.ts";
import { HintedError } from "../../src/core/errors.ts";
import { isPair, isRatedBad } from "../../src/core/feedback/preference.ts";
import { requireProvenance, withProvenance, type Provenance } from "./provenance.ts";
import { readRowsAs, type ParseRow, type Row } from "./read-rows.ts";

/** Only what is learnt from needs a licence and consent; scoring a model leaves no trace in it. */
export type Purpose = "training" | "judging";

/** What is said in conversations to learn from, a message at a time. */
export async function* readTexts(
  files: readonly string[],
  stated: Provenance = {},
): AsyncGenerator<string> {
  for await (const { conversation } of readConversations(files, stated)) {
    for (const { content } of conversation.messages) yield content;
  }
}

export async function* readConversations(
  files: readonly string[],
  stated: Provenance = {},
  purpose: Purpose = "training",
): AsyncGenerator<Row> {
  for await (const row of readSoundRows(files, parseConversation, stated, purpose)) {
    requireUnjudged(row);
    yield row;
  }
}

/** What is judged says which replies not to give: learnt as it stands, it would teach them. */
function requireUnjudged({ conversation, file, line }: Row): void {
  if (isPair(conversation)) {
    throw new HintedError(`${file}, line ${line}: a pair of replies, no conversation.`, {
      hint: "Pairs are for `lfz finetune --method dpo` or kto.",
    });
  }
  if (isRatedBad(conversation)) {
    throw new HintedError(`${file}, line ${line}: the reply was rated bad (label is false).`, {
      hint: "Rated replies are for `lfz finetune --method kto`; without the bad ones, the rest can be learnt here.",
    });
  }
}

/** The same for rows that say more than a conversation. */
export async function* readSoundRows<C extends Conversation>(
  files: readonly string[],
  parse: ParseRow<C>,
  stated: Provenance,
  purpose: Purpose = "training",
): AsyncGenerator<Row<C>> {
  for (const file of files) {
    for await (const row of readRowsAs(file, parse)) {
      if ("problem" in row) throw row.problem;
      const filled = { ...row, conversation: withProvenance(row, stated) };
      if (purpose === "training") requireProvenance(filled);
      yield filled;
    }
  }
}
