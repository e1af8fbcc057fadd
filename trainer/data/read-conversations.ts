/** Conversations to learn from: every row sound and allowed, or an error that names the first that is not. */

import { requireProvenance, withProvenance, type Provenance } from "./provenance.ts";
import { readRows, type Row } from "./read-rows.ts";

export async function* readConversations(
  files: readonly string[],
  stated: Provenance = {},
): AsyncGenerator<Row> {
  for (const file of files) {
    for await (const row of readRows(file)) {
      if ("problem" in row) throw row.problem;
      const filled = { ...row, conversation: withProvenance(row, stated) };
      requireProvenance(filled);
      yield filled;
    }
  }
}
