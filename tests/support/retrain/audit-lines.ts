/** What stands in an audit journal, oldest first. */

import { AuditRecord } from "../../../src/retrain/audit.ts";
import { openJournal } from "../../../src/state/journal.ts";
import { recordingLog } from "../chat/open-bot.ts";

export async function auditLinesOf(path: string): Promise<AuditRecord[]> {
  const journal = await openJournal({ path, schema: AuditRecord, log: recordingLog().log });
  const lines: AuditRecord[] = [];
  for await (const line of journal.records()) lines.push(line);
  await journal.close();
  return lines;
}
