/** What an importer is: it knows one export format and reads it as conversations. */

import type { BadRow, Row } from "../read-rows.ts";

export interface Importer {
  /** What `--format` calls it. */
  readonly name: string;
  /** For people who look for their format in a list. */
  readonly summary: string;
  /** Whether a file looks like it; `start` holds its first bytes, unpacked. */
  accepts(path: string, start: string): boolean;
  read(path: string): AsyncIterable<Row | BadRow>;
}
