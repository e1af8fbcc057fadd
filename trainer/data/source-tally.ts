/** Counts, for the manifest, where the conversations come from and under which terms. */

import type { Conversation } from "../../src/core/chat/conversation.ts";
import type { SourceCounts } from "./manifest.ts";

/** Sources beyond these are counted together, and terms beyond these not listed. */
const LISTED = 200;
const OTHERS = "others";

export class SourceTally {
  readonly #sources = new Map<string, SourceCounts>();

  add({ source, licence, consent }: Conversation, tokens: number): void {
    const counts = this.#countsOf(source ?? OTHERS);
    counts.conversations++;
    counts.tokens += tokens;
    note(counts.licences, licence);
    note(counts.consents, consent);
  }

  get counts(): Record<string, SourceCounts> {
    return Object.fromEntries(this.#sources);
  }

  #countsOf(source: string): SourceCounts {
    const name = this.#sources.has(source) || this.#sources.size < LISTED ? source : OTHERS;
    const counts = this.#sources.get(name) ?? emptyCounts();
    this.#sources.set(name, counts);
    return counts;
  }
}

function emptyCounts(): SourceCounts {
  return { conversations: 0, tokens: 0, licences: [], consents: [] };
}

function note(seen: string[], value: string | boolean | undefined): void {
  const word = String(value);
  if (value !== undefined && seen.length < LISTED && !seen.includes(word)) seen.push(word);
}
