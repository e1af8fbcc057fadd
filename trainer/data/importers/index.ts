/** Every importer. A new format is a file beside this one and a line here. */

import { stat } from "node:fs/promises";

import { HintedError } from "../../../src/core/errors.ts";
import { readBytes, requireFile } from "../../../src/core/files.ts";
import type { Importer } from "./importer.ts";
import { jsonl } from "./jsonl.ts";
import { text } from "./text.ts";

export const IMPORTERS: readonly Importer[] = [jsonl, text];

const START_LENGTH = 4096;

/**
 * The importer for a file, by name or, with `auto`, by the look of the file.
 *
 * @throws HintedError listing the formats there are if none fits
 */
export async function importerFor(path: string, format: string): Promise<Importer> {
  const start = format === "auto" ? await startOf(path) : "";
  const found = IMPORTERS.find((importer) =>
    format === "auto" ? importer.accepts(path, start) : importer.name === format,
  );
  if (found) return found;
  const formats = IMPORTERS.map(({ name, summary }) => `${name} (${summary})`).join("; ");
  throw new HintedError(`${path} is in no format that can be imported.`, {
    hint: `Formats: ${formats}.`,
  });
}

async function startOf(path: string): Promise<string> {
  if (path === "-") return ""; // what is read from a stream is gone
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return "";
  await requireFile(path, "file to import");
  for await (const chunk of readBytes(path)) return chunk.toString("utf8", 0, START_LENGTH);
  return "";
}
