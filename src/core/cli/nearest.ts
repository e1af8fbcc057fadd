/** Guesses what somebody meant to type. */

/** More slips than this, and it was probably another word. */
const MOST_SLIPS = 2;

/** The word of `known` that is at most two slips away from `typed`; none if two are equally near. */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((word) => ({ word, slips: slipsBetween(typed, word) }))
    .filter(({ word, slips }) => slips <= Math.min(MOST_SLIPS, word.length / 3))
    .sort((one, other) => one.slips - other.slips);
  const [best, second] = ranked;
  return best && best.slips !== second?.slips ? best.word : undefined;
}

/** Levenshtein distance: letters inserted, left out or replaced. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
