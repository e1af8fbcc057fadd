/** Appends to segments in the folder it is told until it is killed, and says which records are on disk. */

import { z } from "zod";

import { createLog } from "../../../src/log.ts";
import { openSegments } from "../../../src/state/segments.ts";

const [folder = ""] = process.argv.slice(2);
const log = createLog({
  stream: process.stderr,
  level: "warn",
  secrets: [],
  now: () => new Date(),
});
const segments = await openSegments({ folder, schema: z.string(), log, segmentBytes: 2000 });

/** Several at once, so that segments end in the middle of a shared fsync; old ones are thinned out meanwhile. */
async function appendForever(writer: number): Promise<never> {
  for (let number = 0; ; number++) {
    await segments.append(`${writer}/${number}`);
    process.stdout.write(`${writer}/${number}\n`);
    if (number % 10 === writer) {
      await segments.append(`${writer}/${number} dropped`);
      await segments.edit((record) => (record.endsWith("dropped") ? undefined : record));
    }
  }
}

await Promise.all(Array.from({ length: 5 }, (_, writer) => appendForever(writer)));
