/**
 * Is one share really larger than another, or is it luck?
 *
 * E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference" (JASA 22, 1927) gives the interval of one share; R. G. Newcombe,
 * "Interval estimation for the difference between independent proportions:
 * comparison of eleven methods" (Statistics in Medicine 17, 1998), method 10,
 * makes that of a difference from two of them. Both hold for few observations
 * and for shares near 0, where most of ours are.
 */

/** So many of so many. */
export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** The shares that so many hits are likely to come from, `z` standard deviations wide on each side. */
export function wilsonInterval({ hits, of }: Share, z: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const share = hits / of;
  const centre = share + z ** 2 / (2 * of);
  const margin = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const scale = 1 + z ** 2 / of;
  return {
    low: Math.max(0, (centre - margin) / scale),
    high: Math.min(1, (centre + margin) / scale),
  };
}

/** How much larger the first share is at least; above 0 it is larger, and luck is no excuse. */
export function leastDifference(first: Share, second: Share, z: number): number {
  const [p1, p2] = [first.hits / first.of, second.hits / second.of];
  const below = p1 - wilsonInterval(first, z).low;
  const above = wilsonInterval(second, z).high - p2;
  return p1 - p2 - Math.hypot(below, above);
}
