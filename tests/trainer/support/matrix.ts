/** Small matrices in double precision, row-major, for truths that tests compute themselves. */

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, data: ArrayLike<number>): Matrix {
  return { rows, columns, data: Float64Array.from(data) };
}

export function transposed({ rows, columns, data }: Matrix): Matrix {
  const turned = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  }
  return { rows: columns, columns: rows, data: turned };
}

export function product(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k];
      for (let j = 0; j < b.columns; j++) {
        data[i * b.columns + j] += factor * b.data[k * b.columns + j];
      }
    }
  }
  return { rows: a.rows, columns: b.columns, data };
}

/** a·x + b·y, element by element. */
export function blended(a: number, x: Matrix, b: number, y: Matrix): Matrix {
  return { ...x, data: x.data.map((value, i) => a * value + b * y.data[i]) };
}

export interface SingularValues {
  /** [rows, columns], orthonormal columns. */
  readonly u: Matrix;
  readonly values: readonly number[];
  /** [columns, columns] */
  readonly v: Matrix;
}

/** One-sided Jacobi (Hestenes, 1958) for matrices at least as tall as wide: x = u · diag(values) · vᵀ. */
export function decompose(x: Matrix): SingularValues {
  const { rows, columns } = x;
  const u = transposed(x); // its rows are the columns of x, which are turned until they are orthogonal
  const v = matrix(columns, columns, new Float64Array(columns * columns));
  for (let i = 0; i < columns; i++) v.data[i * columns + i] = 1;
  const rowOf = ({ data, columns: width }: Matrix, i: number) =>
    data.subarray(i * width, (i + 1) * width);
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < columns; p++) {
      for (let q = p + 1; q < columns; q++) {
        const [a, b] = [rowOf(u, p), rowOf(u, q)];
        const gamma = dot(a, b);
        if (Math.abs(gamma) < 1e-15) continue;
        const zeta = (dot(b, b) - dot(a, a)) / (2 * gamma);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        turn(a, b, t);
        turn(rowOf(v, p), rowOf(v, q), t);
      }
    }
  }
  const values = Array.from({ length: columns }, (_, i) =>
    Math.sqrt(dot(rowOf(u, i), rowOf(u, i))),
  );
  for (let i = 0; i < columns; i++) {
    rowOf(u, i).forEach((value, j, row) => (row[j] = value / values[i]));
  }
  return { u: { ...transposed(u), rows, columns }, values, v: transposed(v) };
}

/** Turns the plane of two vectors by the angle with tangent `t`. */
function turn(a: Float64Array, b: Float64Array, t: number): void {
  const cosine = 1 / Math.hypot(1, t);
  const sine = cosine * t;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}
