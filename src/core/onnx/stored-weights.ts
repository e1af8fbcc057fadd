/**
 * How a model's matrices lie in an ONNX file.
 *
 * Weights come row-major [out, in] under Hugging Face's names. As `float16`
 * they take half the file and are cast back by a node that ONNX Runtime folds
 * away when it opens the session, so both storages compute alike and as fast.
 */

import { toHalf } from "../experiment/half.ts";
import type { Weights } from "../model/parameters.ts";
import { ONNX_TYPE, type OnnxGraph, type Tensor } from "./graph.ts";

export type WeightStorage = "float32" | "float16";

export class StoredWeights {
  readonly #graph: OnnxGraph;
  readonly #weights: Weights;
  readonly #storage: WeightStorage;

  constructor(graph: OnnxGraph, weights: Weights, storage: WeightStorage) {
    this.#graph = graph;
    this.#weights = weights;
    this.#storage = storage;
  }

  /** A vector in full precision: norms are small, and every digit of them counts. */
  vector(name: string): Tensor {
    const data = this.#get(name);
    return this.#graph.initializer(name, "float32", [data.length], data);
  }

  /** A matrix as it is, [rows, columns]. */
  matrix(name: string, rows: number, columns: number): Tensor {
    const data = this.#get(name);
    requireLength(name, data, rows * columns);
    return this.#store(name, [rows, columns], data);
  }

  /**
   * Several [out, in] matrices side by side as one [in, sum of out], the
   * layout that a plain MatMul wants: one product instead of three.
   */
  packed(name: string, parts: readonly string[], inputWidth: number): Tensor {
    const matrices = parts.map((part) => this.#get(part));
    const outputWidth = matrices.reduce((sum, { length }) => sum + length / inputWidth, 0);
    const packed = new Float32Array(inputWidth * outputWidth);
    let column = 0;
    matrices.forEach((matrix, index) => {
      const rows = matrix.length / inputWidth;
      requireLength(parts[index]!, matrix, Math.floor(rows) * inputWidth);
      for (let row = 0; row < rows; row++, column++) {
        for (let input = 0; input < inputWidth; input++) {
          packed[input * outputWidth + column] = matrix[row * inputWidth + input]!;
        }
      }
    });
    return this.#store(name, [inputWidth, outputWidth], packed);
  }

  #store(name: string, shape: readonly number[], data: Float32Array): Tensor {
    if (this.#storage === "float32") return this.#graph.initializer(name, "float32", shape, data);
    const halves = new Uint16Array(data.length);
    toHalf(data, halves);
    const stored = this.#graph.initializer(name, "float16", shape, halves);
    return this.#graph.node("Cast", [stored], shape, { to: ONNX_TYPE.float32 });
  }

  #get(name: string): Float32Array {
    const data = this.#weights.get(name);
    if (!data) throw new Error(`The weights have no "${name}"`);
    return data;
  }
}

function requireLength(name: string, data: Float32Array, wanted: number): void {
  if (data.length === wanted) return;
  throw new Error(`"${name}" has ${data.length} elements, not ${wanted}`);
}
