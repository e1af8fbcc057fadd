/**
 * Least squares with no negative coefficient, for a handful of columns.
 *
 * The best solution is the plain one over the columns it does not leave out,
 * so all sets of columns are tried: exact, and as quick as it is short.
 */

export interface LeastSquares {
  /** One a column. */
  readonly coefficients: readonly number[];
  /** The sum of the squared residuals. */
  readonly error: number;
}

/** What is left of a column below this share of its length is nothing but rounding. */
const DEPENDENT = 1e-12;

export function nonNegativeLeastSquares(
  columns: readonly (readonly number[])[],
  target: readonly number[],
): LeastSquares {
  const nothing = columns.map(() => 0);
  let best = fitOf(columns, target, nothing);
  const everything = 2 ** columns.length - 1;
  for (let set = everything; set > 0; set--) {
    const members = columns.map((_, i) => i).filter((i) => set & (1 << i));
    const solved = solve(
      members.map((i) => columns[i]),
      target,
    );
    if (!solved || solved.some((value) => value < 0)) continue;
    const coefficients = [...nothing];
    members.forEach((column, i) => (coefficients[column] = solved[i]));
    const fit = fitOf(columns, target, coefficients);
    if (fit.error < best.error) best = fit;
    if (set === everything) break; // no fewer columns come closer
  }
  return best;
}

function fitOf(
  columns: readonly (readonly number[])[],
  target: readonly number[],
  coefficients: readonly number[],
): LeastSquares {
  const error = target.reduce((sum, wanted, row) => {
    const found = columns.reduce((value, column, i) => value + coefficients[i] * column[row], 0);
    return sum + (found - wanted) ** 2;
  }, 0);
  return { coefficients, error };
}

/** Plain least squares by modified Gram-Schmidt; nothing if the columns depend on each other. */
function solve(
  columns: readonly (readonly number[])[],
  target: readonly number[],
): number[] | undefined {
  const count = columns.length;
  const zeros = columns.map(() => 0);
  const rest = columns.map((column) => [...column]);
  const last = [...target];
  const upper = columns.map(() => [...zeros]);
  const right = [...zeros];
  for (let i = 0; i < count; i++) {
    const length = Math.sqrt(dot(rest[i], rest[i]));
    if (length <= DEPENDENT * Math.sqrt(dot(columns[i], columns[i]))) return undefined;
    upper[i][i] = length;
    const unit = rest[i].map((value) => value / length);
    for (let j = i + 1; j < count; j++) upper[i][j] = takeAway(rest[j], unit);
    right[i] = takeAway(last, unit);
  }
  const coefficients = [...zeros];
  for (let i = count - 1; i >= 0; i--) {
    let value = right[i];
    for (let j = i + 1; j < count; j++) value -= upper[i][j] * coefficients[j];
    coefficients[i] = value / upper[i][i];
  }
  return coefficients;
}

/** Takes from `vector` what of it points along `unit`, in place; returns how much that was. */
function takeAway(vector: number[], unit: readonly number[]): number {
  const share = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] -= share * unit[i];
  return share;
}

function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i] * right[i];
  return sum;
}
