/** Tables and foreign words for the terminal. */

import type { Table } from "./tables.ts";
import { toColumns } from "./text-table.ts";

/** What a model or a file says must not steer the terminal. */
export function toPlainText(words: string): string {
  return words.replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
}

/** All but the first column to the right. */
export function numberTable({ head, rows }: Table): string {
  return toColumns(head, rows, { right: head.map((_, column) => column).slice(1) });
}

export function textTable({ head, rows }: Table): string {
  return toColumns(head, rows);
}
