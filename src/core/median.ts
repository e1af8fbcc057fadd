/** The value in the middle, of an even number of them the upper one; undefined of none. */
export function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}
