/**
 * The machine's own limit: how fast ONNX Runtime multiplies plain fp32
 * matrices of the shapes that a model trains with.
 */

import { widestFeedForward, type ModelConfig } from "../../src/core/model/config.ts";
import { medianOf } from "../../src/core/median.ts";
import { OnnxGraph } from "../../src/core/onnx/graph.ts";
import type { Memory, Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { gemm } from "../autograd/operators.ts";

interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** The forward products of a micro-batch: projections, feed-forward, head. */
function gemmShapes(config: ModelConfig, microTokens: number): GemmShape[] {
  const { width, vocabSize } = config;
  const ffnWidth = widestFeedForward(config);
  return [
    { m: microTokens, n: width, k: width },
    { m: microTokens, n: ffnWidth, k: width },
    { m: microTokens, n: width, k: ffnWidth },
    { m: microTokens, n: vocabSize, k: width },
  ];
}

export interface ProductOptions {
  /** Tokens that are multiplied at once. */
  readonly tokens: number;
  readonly threads?: number;
}

/** Times plain products of a model's shapes, as often as they are asked for. */
export class PlainProducts {
  readonly #runtime: Runtime;
  readonly #shapes: readonly GemmShape[];
  readonly #threads: number | undefined;
  readonly #operands: Readonly<Record<"a" | "b" | "c", Memory<"float32">>>;
  /** Floating-point operations a second of every product so far, by shape. */
  readonly #rates: readonly number[][];

  constructor(runtime: Runtime, config: ModelConfig, { tokens, threads }: ProductOptions) {
    const shapes = gemmShapes(config, tokens);
    const room = (size: (shape: GemmShape) => number) =>
      runtime.allocate("float32", Math.max(...shapes.map(size)));
    this.#runtime = runtime;
    this.#shapes = shapes;
    this.#threads = threads;
    this.#operands = {
      a: room(({ m, k }) => m * k),
      b: room(({ n, k }) => n * k),
      c: room(({ m, n }) => m * n),
    };
    for (const { data } of [this.#operands.a, this.#operands.b]) {
      data.forEach((_, i) => (data[i] = Math.sin(i))); // denormals or zeros would flatter
    }
    this.#rates = shapes.map(() => []);
  }

  /**
   * `repeats` products of each shape, on threads started for it: where the system lets two
   * of them sit on one core they stay there, so only other threads give other figures.
   */
  async measure(repeats: number): Promise<void> {
    for (const [index, shape] of this.#shapes.entries()) {
      await this.#measureShape(shape, repeats, this.#rates[index]);
    }
  }

  /** Of the shape that does best, the product in the middle. */
  get medianRate(): number {
    return Math.max(...this.#rates.map((rates) => medianOf(rates) ?? 0));
  }

  /** The fastest product of all. */
  get bestRate(): number {
    return Math.max(...this.#rates.flat());
  }

  async #measureShape({ m, n, k }: GemmShape, repeats: number, rates: number[]): Promise<void> {
    const graph = new OnnxGraph();
    const a = graph.input("a", "float32", [m, k]);
    const b = graph.input("b", "float32", [n, k]);
    graph.output(gemm(graph, a, b, { transB: true }), "c");
    const session = await this.#runtime.session(graph.toBytes(), { threads: this.#threads });
    const value = (operand: "a" | "b" | "c", shape: [number, number]) =>
      this.#runtime.value(this.#operands[operand], shape);
    const inputs = { a: value("a", [m, k]), b: value("b", [n, k]) };
    const run = session.bind(inputs, { c: value("c", [m, n]) });
    try {
      for (let repeat = 0; repeat < repeats; repeat++) {
        const started = performance.now();
        await run.run("blocking");
        rates.push((2 * m * n * k) / ((performance.now() - started) / 1000));
      }
    } finally {
      session.release();
    }
  }
}

/** The best rate over the model's shapes. */
export async function bestGemmRate(
  runtime: Runtime,
  config: ModelConfig,
  { repeats, ...options }: ProductOptions & { readonly repeats: number },
): Promise<number> {
  const products = new PlainProducts(runtime, config, options);
  await products.measure(repeats);
  return products.bestRate;
}
