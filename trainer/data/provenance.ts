/**
 * Where a row comes from and whether it may be learnt from.
 *
 * Knows the three things a training row must say (source, licence, consent)
 * and who may say them instead: the operator, for one run. Not how rows are
 * read.
 */

import { basename } from "node:path";

import { HintedError } from "../../src/core/errors.ts";
import type { Conversation } from "../../src/core/chat/conversation.ts";
import type { Row } from "./read-rows.ts";

/** What the operator states for rows that do not say it themselves. */
export interface Provenance {
  readonly consent?: string;
  readonly licence?: string;
}

/** Fills what the row leaves open; a row's own word always stands. */
export function withProvenance<C extends Conversation>(
  { conversation, file }: Row<C>,
  stated: Provenance,
): C {
  return {
    ...conversation,
    source: conversation.source || basename(file).replace(/\.(jsonl|ndjson|json)?(\.gz)?$/, ""),
    licence: conversation.licence || stated.licence,
    consent: conversation.consent === false ? false : conversation.consent || stated.consent,
  };
}

/** The fields without which a row is not trained on. */
export function missingProvenance({ source, licence, consent }: Conversation): string[] {
  const fields = { source, licence, consent };
  return Object.keys(fields).filter((key) => !fields[key as keyof typeof fields]);
}

/** @throws HintedError unless the row says, or the operator has said, that it may be learnt from */
export function requireProvenance(row: Row): void {
  refuseWithheld(row);
  const { conversation, file, line } = row;
  const missing = missingProvenance(conversation);
  if (missing.length === 0) return;
  const flags = missing.map((field) => `--${field} ${EXAMPLES[field]}`).join(" ");
  throw new HintedError(`${file}, line ${line}: the row has no ${missing.join(" and no ")}.`, {
    hint: `Write it into the rows, or state it for all rows that lack it: ${flags}.`,
  });
}

/** @throws HintedError if somebody in the row did not agree */
export function refuseWithheld({ conversation, file, line }: Row): void {
  if (conversation.consent !== false) return;
  throw new HintedError(
    `${file}, line ${line}: consent is false, so nothing may learn from this row.`,
    { hint: "Delete the row." },
  );
}

const EXAMPLES: Readonly<Record<string, string>> = {
  licence: '"CC BY 4.0"',
  consent: '"published by its authors"',
};
