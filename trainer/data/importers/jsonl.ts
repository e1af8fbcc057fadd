/** A conversation a line: the canonical shape, OpenAI's messages, and speakers with texts. */

import { readRows } from "../read-rows.ts";
import type { Importer } from "./importer.ts";

export const jsonl: Importer = {
  name: "jsonl",
  summary: 'JSONL, lines of {"messages":[{"role","content"}]} or {"messages":[{"speaker","text"}]}',
  accepts: (path, start) =>
    path === "-" ||
    /\.(jsonl|ndjson)(\.gz)?$/.test(path) ||
    /^\uFEFF?\{[^\n]*"messages"\s*:/.test(start),
  read: readRows,
};
