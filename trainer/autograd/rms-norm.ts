/** Root-mean-square normalisation (Zhang & Sennrich, 2019): y = x / rms(x) * w. */

import { float, type Tensor } from "../../src/core/onnx/graph.ts";
import { gemm, multiply, reshape, subtract, sumOver } from "./operators.ts";
import type { Tape } from "./tape.ts";

/**
 * x [n, width], weight [width]. With x̂ = x / rms(x) and h = dy ⊙ x̂:
 * dw = Σ h over rows, dx = (dy ⊙ w − x̂ · mean(h ⊙ w)) / rms(x).
 */
export function rmsNorm(tape: Tape, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const { graph } = tape;
  const [rows, width] = x.shape.map(Number);
  const y = graph.tensor("rms_norm", x.shape);
  const inverseRms = graph.tensor("inverse_rms", [rows, 1]);
  graph.append({
    operator: "SimplifiedLayerNormalization", // its second output is 1 / rms(x)
    domain: "",
    inputs: [x, weight],
    outputs: [y, inverseRms],
    attributes: { axis: -1, epsilon: float(epsilon) },
  });
  return tape.record([x, weight], y, (dy) => {
    const normalised = multiply(graph, x, inverseRms);
    const h = multiply(graph, dy, normalised);
    const dWeight = reshape(graph, sumOver(graph, h, 0), [width]);
    const column = reshape(graph, weight, [width, 1]);
    const mean = gemm(graph, h, column, { alpha: 1 / width });
    const centred = subtract(graph, multiply(graph, dy, weight), multiply(graph, normalised, mean));
    return [multiply(graph, centred, inverseRms), dWeight];
  });
}
