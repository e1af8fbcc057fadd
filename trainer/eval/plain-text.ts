/** Tables for the terminal. */

import type { Table } from "./tables.ts";
import { toColumns } from "./text-table.ts";

/** All but the first column to the right. */
export function numberTable({ head, rows }: Table): string {
  return toColumns(head, rows, { right: head.map((_, column) => column).slice(1) });
}

export function textTable({ head, rows }: Table): string {
  return toColumns(head, rows);
}
