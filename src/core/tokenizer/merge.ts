/**
 * The merge loop of byte pair encoding: of all neighbours that a merge joins,
 * the merge learnt first goes first, and of its places the leftmost.
 *
 *     h e l l o   with merges l+l, h+e, he+ll
 *     h e ll o -> he ll o -> hell o
 */

import { NO_MERGE, type PairTable } from "./pair-table.ts";
import type { TokenId } from "./tokenizer.ts";

/** Above this a scan for the best pair costs more than a heap. */
const SHORT = 48;

export function mergeAll(ids: TokenId[], table: PairTable): TokenId[] {
  return ids.length <= SHORT ? mergeByScanning(ids, table) : mergeByHeap(ids, table);
}

/** Looks at every pair before each merge: quadratic, and quickest for words. */
function mergeByScanning(ids: TokenId[], table: PairTable): TokenId[] {
  const ranks: number[] = [];
  for (let i = 0; i + 1 < ids.length; i++) ranks.push(table.rankOf(ids[i]!, ids[i + 1]!));
  while (ranks.length > 0) {
    let at = 0;
    for (let i = 1; i < ranks.length; i++) if (ranks[i]! < ranks[at]!) at = i;
    const rank = ranks[at]!;
    if (rank === NO_MERGE) break;
    ids.splice(at, 2, table.resultOf(rank));
    ranks.splice(at, 1);
    if (at > 0) ranks[at - 1] = table.rankOf(ids[at - 1]!, ids[at]!);
    if (at < ranks.length) ranks[at] = table.rankOf(ids[at]!, ids[at + 1]!);
  }
  return ids;
}

/** A linked list of ids and a heap of candidates: n log n however long the run. */
function mergeByHeap(ids: readonly TokenId[], table: PairTable): TokenId[] {
  const count = ids.length;
  const id = Int32Array.from(ids);
  const next = Int32Array.from(ids, (_, i) => i + 1); // `count` is the end
  const previous = Int32Array.from(ids, (_, i) => i - 1); // -1 is the beginning
  const candidates = new MinHeap();
  const consider = (left: number) => {
    if (left < 0 || next[left]! >= count) return;
    const rank = table.rankOf(id[left]!, id[next[left]!]!);
    if (rank !== NO_MERGE) candidates.push(rank * PLACES + left);
  };
  for (let i = 0; i + 1 < count; i++) consider(i);
  for (let found = candidates.pop(); found !== undefined; found = candidates.pop()) {
    const rank = Math.floor(found / PLACES);
    const left = found % PLACES;
    const right = next[left]!;
    // Candidates are never removed: one whose neighbours have merged meanwhile is stale.
    if (id[left] === GONE || right >= count || table.rankOf(id[left]!, id[right]!) !== rank)
      continue;
    id[left] = table.resultOf(rank);
    id[right] = GONE;
    const after = next[right]!;
    next[left] = after;
    if (after < count) previous[after] = left;
    consider(previous[left]!);
    consider(left);
  }
  const merged: TokenId[] = [];
  for (let i = 0; i < count; i = next[i]!) merged.push(id[i]!);
  return merged;
}

const GONE = -2;
/** A candidate is rank x PLACES + place in one number, which orders as it should. */
const PLACES = 2 ** 31;

/** Numbers, smallest first. */
class MinHeap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
