/**
 * What the operator says about conversations that do not say it themselves:
 * in flags, or, sitting at a terminal, in answer to one question.
 */

import { parseConversation, type Conversation } from "../../src/core/chat/conversation.ts";
import type { CommandContext } from "../../src/core/cli/command.ts";
import { missingProvenance, withProvenance, type Provenance } from "../data/provenance.ts";
import { readRowsAs, type ParseRow } from "../data/read-rows.ts";

/** The flags, and for what they and the first row of a file leave open, what the operator answers. */
export async function stateProvenance(
  files: readonly string[],
  { licence, consent }: Provenance,
  { console, signal }: CommandContext,
  parse: ParseRow<Conversation> = parseConversation,
): Promise<Provenance> {
  const stated = { licence, consent };
  if (!console.ask) return stated;
  const silent = await firstSilentFile(files, stated, parse);
  if (silent === undefined) return stated;
  const answer = await console.ask(
    `${silent} does not say under which licence and on whose consent it may be learnt from.\n` +
      "Is it yours to learn from, and has everybody in it agreed? Type yes to go on: ",
    signal,
  );
  if (answer.toLowerCase() !== "yes") return stated; // and the row is refused, with the flags to use
  const day = new Date().toISOString().slice(0, 10);
  return {
    licence: licence ?? "private",
    consent: consent ?? `stated at the terminal on ${day}`,
  };
}

async function firstSilentFile(
  files: readonly string[],
  stated: Provenance,
  parse: ParseRow<Conversation>,
): Promise<string | undefined> {
  for (const file of files) {
    if (file === "-") continue; // it can be read only once
    for await (const row of readRowsAs(file, parse)) {
      if (!("problem" in row) && missingProvenance(withProvenance(row, stated)).length > 0) {
        return file;
      }
      break;
    }
  }
  return undefined;
}
