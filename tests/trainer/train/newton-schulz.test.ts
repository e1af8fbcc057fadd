import { describe, expect, it } from "vitest";

import { Random } from "../../../src/core/random.ts";
import { orthogonalised } from "../../../trainer/train/newton-schulz.ts";
import { decompose, matrix, product, transposed, type Matrix } from "../support/matrix.ts";
import { runGraph } from "../support/run-graph.ts";

const random = new Random(11);

async function orthogonalise(given: Matrix): Promise<Matrix> {
  const { rows, columns, data } = given;
  return matrix(rows, columns, await runGraph([rows, columns], data, orthogonalised));
}

function chance(rows: number, columns: number, scale = 1): Matrix {
  return matrix(
    rows,
    columns,
    Array.from({ length: rows * columns }, () => scale * random.normal()),
  );
}

describe("Newton-Schulz", () => {
  it.each([
    ["wide", chance(8, 24)],
    ["tall", chance(24, 8)],
    ["square", chance(16, 16)],
    ["nearly square, wide", chance(14, 16)],
    ["nearly square, tall", chance(16, 14)],
    ["tiny numbers", chance(8, 12, 1e-6)],
    ["large numbers", chance(8, 12, 1e6)],
  ])("makes a matrix orthogonal and keeps its directions: %s", async (_, given) => {
    const found = await orthogonalise(given);
    const isWide = given.columns > given.rows;
    const { u, v } = decompose(isWide ? transposed(given) : given);
    // In the given matrix's own directions nothing but the singular values is left: all about 1.
    const seen = product(product(transposed(u), isWide ? transposed(found) : found), v);
    const diagonal: number[] = [];
    const others: number[] = [];
    seen.data.forEach((value, index) => {
      const isDiagonal = index % (seen.columns + 1) === 0;
      (isDiagonal ? diagonal : others).push(value);
    });
    expect(Math.max(...others.map(Math.abs))).toBeLessThan(1e-3);
    expect(Math.min(...diagonal)).toBeGreaterThan(0.6);
    expect(Math.max(...diagonal)).toBeLessThan(1.3);
  });

  it("lets nothing grow in the directions that a long matrix does not have", async () => {
    const given = product(chance(32, 2), chance(2, 128));
    const found = await orthogonalise(given);
    const { data } = product(found, transposed(found));
    const trace = data.reduce((sum, value, index) => sum + (index % 33 === 0 ? value : 0), 0);
    expect(trace).toBeGreaterThan(2 * 0.6 ** 2); // the sum of the squared singular values
    expect(trace).toBeLessThan(2 * 1.3 ** 2);
  });

  it("leaves nothing where there is nothing", async () => {
    const found = await orthogonalise(matrix(4, 8, new Float64Array(32)));
    expect(found.data).toEqual(new Float64Array(32));
  });
});
