/** Notes, for the lineage, whose rows these are. */

import type { Conversation } from "../../src/core/chat/conversation.ts";
import type { People } from "../../src/core/experiment/lineage.ts";
import { sha256Of } from "../../src/core/files.ts";

export class PeopleTally {
  readonly #authors = new Set<string>();
  readonly #rows = new Set<string>();

  /** A row that nobody in particular wrote leaves no trace. */
  add(row: Conversation): void {
    const { author, authors = [] } = row;
    if (author !== undefined) this.#authors.add(author);
    for (const one of authors) this.#authors.add(one);
    if (author !== undefined || authors.length > 0) this.#rows.add(hashOf(row));
  }

  get people(): People {
    return { authors: [...this.#authors].sort(), rows: [...this.#rows].sort() };
  }
}

/** What the row says of itself, as those that `lfz feedback export` writes do. */
function hashOf(row: Conversation): string {
  const own = "sha256" in row ? row.sha256 : undefined;
  return typeof own === "string" ? own : sha256Of(JSON.stringify(row));
}
