/** Conversations to learn from or to judge by: every row sound, or an error that names the first that is not. */

import { requireProvenance, withProvenance, type Provenance } from "./provenance.ts";
import { readRows, type Row } from "./read-rows.ts";

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
  for (const file of files) {
    for await (const row of readRows(file)) {
      if ("problem" in row) throw row.problem;
      const filled = { ...row, conversation: withProvenance(row, stated) };
      if (purpose === "training") requireProvenance(filled);
      yield filled;
    }
  }
}
