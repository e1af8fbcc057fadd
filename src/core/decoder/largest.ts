/** Which of many numbers is the largest: the likeliest token of a row of logits. */

/** The first of the largest; 0 if nothing is larger than -Infinity. */
export function indexOfLargest(values: Float32Array): number {
  let best = 0;
  let largest = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value > largest) {
      largest = value;
      best = index;
    }
  }
  return best;
}
