/** Appends to the journal it is told until it is killed, and says which records are on disk. */

import { z } from "zod";

import { createLog } from "../../../src/log.ts";
import { openJournal } from "../../../src/state/journal.ts";

const [path = ""] = process.argv.slice(2);
const log = createLog({
  stream: process.stderr,
  level: "warn",
  secrets: [],
  now: () => new Date(),
});
const journal = await openJournal({ path, schema: z.string(), log });

/** Several at once, so that they share an fsync, with texts that need several blocks. */
async function appendForever(writer: number): Promise<never> {
  for (let number = 0; ; number++) {
    await journal.append(`${writer}/${number} ${"x".repeat((number % 7) * 1000)}`);
    process.stdout.write(`${writer}/${number}\n`);
  }
}

await Promise.all(Array.from({ length: 5 }, (_, writer) => appendForever(writer)));
