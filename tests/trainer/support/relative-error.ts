/** The largest difference, as a share of the largest true value. */
export function relativeError(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < truth.length; i++) {
    const here = Math.abs(found[i] - truth[i]);
    if (!(here <= difference)) difference = here; // NaN stays
    size = Math.max(size, Math.abs(truth[i]));
  }
  return size === 0 ? difference : difference / size;
}
