/**
 * Files of any known format into one file of canonical conversations.
 *
 * The new file is whole or absent: one row that cannot be read ends the
 * import, and nothing is left out in silence.
 */

import { Readable } from "node:stream";
import { createGzip } from "node:zlib";

import { writeAtomically } from "../../src/core/files.ts";
import { importerFor } from "./importers/index.ts";
import { missingProvenance, withProvenance, type Provenance } from "./provenance.ts";

export interface ImportOptions extends Provenance {
  readonly paths: readonly string[];
  /** `auto` or the name of an importer. */
  readonly format: string;
  /** JSONL; gzipped if its name ends in .gz. */
  readonly out: string;
  readonly onConversation: (count: number) => void;
  readonly signal: AbortSignal;
}

export interface ImportResult {
  conversations: number;
  /** How many conversations say nothing about it, by field. */
  missing: Record<string, number>;
}

export async function importConversations(options: ImportOptions): Promise<ImportResult> {
  const { paths, format, out } = options;
  const importers = await Promise.all(paths.map((path) => importerFor(path, format)));
  const result: ImportResult = { conversations: 0, missing: {} };

  async function* lines() {
    for (const [i, importer] of importers.entries()) {
      for await (const row of importer.read(paths[i])) {
        options.signal.throwIfAborted();
        if ("problem" in row) throw row.problem;
        const { messages, ...rest } = withProvenance(row, options);
        for (const field of missingProvenance({ messages, ...rest })) {
          result.missing[field] = (result.missing[field] ?? 0) + 1;
        }
        options.onConversation(++result.conversations);
        yield `${JSON.stringify({ messages, ...rest })}\n`;
      }
    }
  }

  await writeAtomically(out, out.endsWith(".gz") ? gzipped(lines()) : lines());
  return result;
}

/** Nothing flows before somebody reads: an error would have nobody to reach. */
async function* gzipped(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  const source = Readable.from(lines);
  source.on("error", (error) => gzip.destroy(error));
  for await (const chunk of source.pipe(gzip)) yield chunk as Uint8Array;
}
