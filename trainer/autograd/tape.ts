/**
 * Reverse-mode differentiation of an ONNX graph while it is being built.
 *
 * Every differentiable step appends its forward nodes to the graph and
 * records how an output's gradient becomes its inputs' gradients;
 * `backward` walks the records in reverse and appends those nodes too. What
 * comes out is one ordinary graph, forward and backward, for ONNX Runtime.
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import { add } from "./operators.ts";

/**
 * The gradient of one input: a tensor that is added to what is there already,
 * `{ total }` if the step has folded the earlier gradient in by itself (a
 * matrix product does that for free), or null where there is none.
 */
export type InputGradient = Tensor | { readonly total: Tensor } | null;

export type GradientRule = (
  outputGradient: Tensor,
  /** The gradients of the inputs so far, from other uses of them. */
  previous: readonly (Tensor | undefined)[],
) => readonly InputGradient[];

interface TapeEntry {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly rule: GradientRule;
  /** The part of the model that the step belongs to. */
  readonly part: string;
}

/** Follows the part in the names of the backward pass's nodes, for those who read a profile. */
export const BACKWARD = "backward";

export class Tape {
  readonly graph: OnnxGraph;
  readonly #entries: TapeEntry[] = [];
  readonly #gradients = new Map<Tensor, Tensor>();

  constructor(graph: OnnxGraph) {
    this.graph = graph;
  }

  record(inputs: readonly Tensor[], output: Tensor, rule: GradientRule): Tensor {
    this.#entries.push({ inputs, output, rule, part: this.graph.part });
    return output;
  }

  /**
   * Starts a tensor's gradient at a given value: the seed of the backward
   * pass, or a sum from earlier micro-batches that this one continues.
   */
  startGradient(tensor: Tensor, gradient: Tensor): void {
    this.#gradients.set(tensor, gradient);
  }

  gradientOf(tensor: Tensor): Tensor | undefined {
    return this.#gradients.get(tensor);
  }

  backward(): void {
    for (const entry of this.#entries.toReversed()) {
      this.graph.within(`${entry.part}/${BACKWARD}`, () => this.#stepBack(entry));
    }
  }

  #stepBack({ inputs, output, rule }: TapeEntry): void {
    const gradient = this.#gradients.get(output);
    if (!gradient) return; // nothing downstream depends on this step
    const found = rule(
      gradient,
      inputs.map((input) => this.#gradients.get(input)),
    );
    inputs.forEach((input, index) => this.#accumulate(input, found[index]));
  }

  #accumulate(input: Tensor, found: InputGradient | undefined): void {
    if (!found) return;
    const previous = this.#gradients.get(input);
    const isTotal = "total" in found;
    const gradient = isTotal ? found.total : found;
    requireSameShape(input, gradient);
    this.#gradients.set(
      input,
      previous && !isTotal ? add(this.graph, previous, gradient) : gradient,
    );
  }
}

function requireSameShape(input: Tensor, gradient: Tensor): void {
  if (input.shape.join() !== gradient.shape.join()) {
    throw new Error(
      `The gradient of ${input.name} has shape [${gradient.shape.join()}], not [${input.shape.join()}]`,
    );
  }
}
