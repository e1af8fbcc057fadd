/** What a model costs to train: its arithmetic. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { countOf, EMBEDDING, type ParameterSpec } from "../../src/core/model/parameters.ts";
import { allSpecs, type TrainedPart } from "../model/trained-part.ts";

/**
 * Floating-point operations to train on one token: 6 a matrix weight for the
 * products (2 forward, 2 for the gradient of what came in, 2 for its own; none
 * of the last for a frozen one) and 12 · layers · width · context for
 * attention (Kaplan et al., 2020, section 2.1).
 */
export function trainingFlopsPerToken(config: ModelConfig, part: TrainedPart): number {
  const attention = 12 * config.layers * config.width * config.context;
  const multiplied = (specs: readonly ParameterSpec[]) => countOf(matricesOf(config, specs));
  return 4 * multiplied(allSpecs(config, part)) + 2 * multiplied(part.specs) + attention;
}

/** What every token is multiplied with; an embedding counts as the head, if it is that too. */
function matricesOf(
  { tiedEmbeddings }: ModelConfig,
  specs: readonly ParameterSpec[],
): ParameterSpec[] {
  return specs.filter(
    ({ name, shape }) => shape.length === 2 && (tiedEmbeddings || name !== EMBEDDING),
  );
}
