/** Work divided among lanes that run side by side. */

/**
 * Splits items into at most `lanes` shares of about equal cost: from the
 * dearest to the cheapest, each goes to the lane that has least so far
 * (Graham, 1969: at most a third worse than the best there is). Within a
 * share they keep their order; a share without items is left out.
 */
export function shareOut<T>(
  items: readonly T[],
  lanes: number,
  costOf: (item: T) => number,
): T[][] {
  const laneOf = new Map<T, number>();
  const loads = Array.from({ length: lanes }, () => 0);
  for (const item of items.toSorted((a, b) => costOf(b) - costOf(a))) {
    const lane = loads.indexOf(Math.min(...loads));
    loads[lane] += costOf(item);
    laneOf.set(item, lane);
  }
  return loads
    .map((_, lane) => items.filter((item) => laneOf.get(item) === lane))
    .filter((share) => share.length > 0);
}
