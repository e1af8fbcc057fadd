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

/** Letters inserted, left out, replaced, or swapped with their neighbour. */
function slipsBetween(one: string, other: string): number {
  const table = new Map<string, number>();
  const between = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i},${j}`;
    const known = table.get(key);
    if (known !== undefined) return known;
    const same = one[i - 1] === other[j - 1];
    const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
    const slips = Math.min(
      between(i - 1, j - 1) + (same ? 0 : 1),
      between(i - 1, j) + 1,
      between(i, j - 1) + 1,
      swapped ? between(i - 2, j - 2) + 1 : Infinity,
    );
    table.set(key, slips);
    return slips;
  };
  // Far longer words are no slip, and would only take time.
  return Math.abs(one.length - other.length) > MOST_SLIPS
    ? Infinity
    : between(one.length, other.length);
}
