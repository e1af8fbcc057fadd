/**
 * The loss of a step of preference training: the nats of the targets become
 * those of replies, these are held against the reference, and each reply's
 * slope goes back to its targets. One forward and one backward pass.
 */

import type { Batch, Comparisons } from "../data/batch.ts";
import { gemm, multiply, reshape, subtract } from "../autograd/operators.ts";
import { dpoLoss, ktoLoss } from "../autograd/preference-loss.ts";
import type { BatchShape } from "../model/transformer.ts";
import type { StepLoss } from "../train/step-loss.ts";
import type { Preference } from "./settings.ts";

const LOSSES = { dpo: dpoLoss, kto: ktoLoss };
/** Cells that a comparison takes on the average, at least: a batch has so many places. */
const CELLS_A_COMPARISON = 16;

/** The most comparisons in a batch; one always fits if each reply fits a row. */
export function placesIn({ rows, context }: BatchShape): number {
  return Math.max(1, Math.floor((rows * context) / CELLS_A_COMPARISON));
}

/**
 * Inputs, all float32: replies [slots, n], 1 where a target is part of a reply; reference [slots, 1];
 * importance [comparisons, 1]; scale []. Output: log_ratios [slots, 1].
 */
export function comparedLoss({ method, beta }: Pick<Preference, "method" | "beta">): StepLoss {
  return {
    build(graph, nll, shape) {
      const comparisons = placesIn(shape);
      const slots = 2 * comparisons;
      const replies = graph.input("replies", "float32", [slots, nll.shape[0]]);
      const reference = graph.input("reference", "float32", [slots, 1]);
      const importance = graph.input("importance", "float32", [comparisons, 1]);
      const scale = graph.input("scale", "float32", []);

      const logRatios = subtract(graph, gemm(graph, replies, nll, { alpha: -1 }), reference);
      const pairs = reshape(graph, logRatios, [comparisons, 2]);
      const { loss, slopes } = LOSSES[method](graph, pairs, importance, beta);
      const ofReplies = multiply(graph, reshape(graph, slopes, [slots, 1]), scale);
      graph.output(logRatios, "log_ratios");
      return {
        loss: multiply(graph, loss, scale),
        slopes: gemm(graph, replies, ofReplies, { transA: true, alpha: -1 }), // a nat is −log π
      };
    },
    allocate(runtime, shape) {
      const comparisons = placesIn(shape);
      const cells = shape.rows * shape.context;
      const value = (dimensions: number[]) => {
        const length = dimensions.reduce((product, size) => product * size, 1);
        return runtime.value(runtime.allocate("float32", length), dimensions);
      };
      const replies = value([2 * comparisons, cells]);
      const reference = value([2 * comparisons, 1]);
      const importance = value([comparisons, 1]);
      const scale = value([]);
      const logRatios = value([2 * comparisons, 1]);
      return {
        inputs: { replies, reference, importance, scale },
        outputs: { log_ratios: logRatios },
        fill(batch, factor) {
          const compared = comparisonsOf(batch);
          replies.data.fill(0);
          compared.slots.forEach((slot, cell) => {
            if (slot >= 0) replies.data[slot * cells + cell] = 1;
          });
          reference.data.set(compared.reference);
          importance.data.set(compared.importance);
          scale.data[0] = factor;
        },
        read: (batch) => comparisonsOf(batch).logRatios.set(logRatios.data),
      };
    },
  };
}

export function comparisonsOf({ comparisons }: Batch): Comparisons {
  if (comparisons) return comparisons;
  throw new Error("A batch of conversations came where replies are compared");
}
