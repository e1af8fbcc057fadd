/**
 * Fills rows of equal width with spans of all lengths, wasting little.
 *
 * Best fit: from the longest to the shortest, each span goes into the row
 * that it leaves least room in. Done for a window of spans at a time, so that
 * which spans share a row stays a matter of chance. Knows lengths only.
 */

import { int32List } from "./number-list.ts";

const SPANS_A_WINDOW = 4096;

/** Row `r` holds the spans `members[starts[r]]` up to `members[starts[r + 1] - 1]`. */
export interface Rows {
  readonly count: number;
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

export function packRows(lengths: Int32Array, order: Int32Array, width: number): Rows {
  const starts = int32List();
  const members = int32List();
  starts.push(0);
  for (let from = 0; from < order.length; from += SPANS_A_WINDOW) {
    const window = order.slice(from, from + SPANS_A_WINDOW);
    for (const row of bestFit(lengths, window, width)) {
      for (const span of row) members.push(span);
      starts.push(members.length);
    }
  }
  return { count: starts.length - 1, starts: starts.values, members: members.values };
}

/** A row for each span, and padding behind it. */
export function padRows(order: Int32Array): Rows {
  const starts = Int32Array.from({ length: order.length + 1 }, (_, row) => row);
  return { count: order.length, starts, members: order };
}

function bestFit(lengths: Int32Array, window: Int32Array, width: number): number[][] {
  const rows: number[][] = [];
  const withRoom: number[][][] = Array.from({ length: width + 1 }, () => []); // rows by the room left in them
  window.sort((a, b) => lengths[b] - lengths[a]);
  for (const span of window) {
    const length = lengths[span];
    let room = length;
    while (room <= width && withRoom[room].length === 0) room++;
    let row = withRoom[room]?.pop();
    if (!row) {
      row = [];
      rows.push(row);
      room = width;
    }
    row.push(span);
    withRoom[room - length].push(row);
  }
  return rows;
}
