/**
 * The losses of preference training once more, as the papers write them: the
 * truth about their gradients. Differentiated by TensorFlow.js itself.
 */

import type * as tf from "@tensorflow/tfjs";

import type { Batch } from "../data/batch.ts";
import type { ReferenceLoss } from "./llama.ts";
import type { TensorFlow } from "./open-tensorflow.ts";

/** Σ −log σ(β [(log π(c) − log π_ref(c)) − (log π(r) − log π_ref(r))]): Rafailov et al., 2023, equation 7. */
export function dpo(beta: number): ReferenceLoss {
  return (tensorFlow, logProbabilities, batch) => {
    const losses = comparisonsIn(batch).map((i) => {
      const chosen = logRatio(tensorFlow, logProbabilities, batch, 2 * i);
      const rejected = logRatio(tensorFlow, logProbabilities, batch, 2 * i + 1);
      const margin = tensorFlow.mul(tensorFlow.sub(chosen, rejected), beta);
      return tensorFlow.softplus(tensorFlow.neg(margin)); // −log σ; logSigmoid loses its tensors here
    });
    return tensorFlow.sum(tensorFlow.stack(losses));
  };
}

/** Σ λ − v, v = λ σ(±β (r − z)): Ethayarajh et al., 2024, equation 8. `z` is a number: no gradient. */
export function kto(beta: number): ReferenceLoss {
  return (tensorFlow, logProbabilities, batch) => {
    const all = comparisonsIn(batch);
    const ratio = (slot: number) => logRatio(tensorFlow, logProbabilities, batch, slot);
    const drift = all.reduce((sum, i) => sum + ratio(2 * i + 1).dataSync()[0], 0) / all.length;
    const z = Math.max(0, drift);
    const losses = all.map((i) => {
      const importance = batch.comparisons!.importance[i];
      const lambda = Math.abs(importance);
      const reward = tensorFlow.sub(ratio(2 * i), z);
      const value = tensorFlow.sigmoid(tensorFlow.mul(reward, Math.sign(importance) * beta));
      return tensorFlow.sub(lambda, tensorFlow.mul(value, lambda));
    });
    return tensorFlow.sum(tensorFlow.stack(losses));
  };
}

const comparisonsIn = (batch: Batch) =>
  Array.from({ length: batch.comparisons!.count }, (_, i) => i);

/** log π(reply) − log π_ref(reply), the reply's tokens summed. */
function logRatio(
  tensorFlow: TensorFlow,
  logProbabilities: tf.Tensor,
  { comparisons }: Batch,
  slot: number,
): tf.Scalar {
  const isOfReply = Float32Array.from(comparisons!.slots, (of) => Number(of === slot));
  const ofReply = tensorFlow.mul(logProbabilities, tensorFlow.tensor1d(isOfReply));
  return tensorFlow.sub(tensorFlow.sum(ofReply), comparisons!.reference[slot]);
}
