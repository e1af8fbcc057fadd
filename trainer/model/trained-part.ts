/**
 * Which numbers of a model a run trains: all weights, all but the frozen
 * ones, or small adapters beside weights that stay as they are (LoRA: Hu et
 * al., 2021).
 */

import { z } from "zod";

import { HintedError } from "../../src/core/errors.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { layerNames, parameterSpecs, type ParameterSpec } from "../../src/core/model/parameters.ts";

/**
 * W + Bᵀ A in place of W: A [rank, in], B [rank, out], the paper's B transposed, so that its
 * gradient comes out of a product as it lies. The scale α / rank of the paper is 1.
 */
export interface Adapter {
  readonly down: ParameterSpec;
  readonly up: ParameterSpec;
}

export interface TrainedPart {
  /** What gets gradients and moments. */
  readonly specs: readonly ParameterSpec[];
  /** By the name of the weight that it stands beside. */
  readonly adapters: ReadonlyMap<string, Adapter>;
}

export const PartChoice = z.object({
  /** Patterns of names, as in `matchesName`. */
  freeze: z.array(z.string()).default([]),
  lora: z
    .strictObject({ rank: z.int().positive(), targets: z.array(z.string()) })
    .nullable()
    .default(null),
});

export type PartChoice = z.infer<typeof PartChoice>;

export const WHOLE_MODEL: PartChoice = { freeze: [], lora: null };

/** All matrices of the layers. */
export const LORA_TARGETS: readonly string[] = ["self_attn", "mlp"];

/** @throws HintedError naming the pattern that contradicts the model or another one. */
export function trainedPart(config: ModelConfig, { freeze, lora }: PartChoice): TrainedPart {
  const specs = parameterSpecs(config);
  const frozen = new Set(freeze.flatMap((pattern) => namesMatching(specs, pattern, "--freeze")));
  if (!lora) {
    const trained = specs.filter(({ name }) => !frozen.has(name));
    if (trained.length > 0) return { specs: trained, adapters: new Map() };
    throw new HintedError(`--freeze ${freeze.join(" ")} leaves nothing to train.`, {
      hint: "Freeze fewer weights.",
    });
  }
  const matrices = specs.filter(
    ({ name, shape }) => matchesName(name, "layers") && shape.length === 2,
  );
  const targets = new Set(
    lora.targets.flatMap((pattern) => namesMatching(matrices, pattern, "--lora-targets")),
  );
  const contradiction = [...targets].find((name) => frozen.has(name));
  if (contradiction !== undefined) {
    throw new HintedError(`--freeze covers ${contradiction}, which --lora is to adapt.`, {
      hint: "LoRA leaves every weight as it is: drop --freeze, or name other --lora-targets.",
    });
  }
  const adapters = new Map(
    matrices
      .filter(({ name }) => targets.has(name))
      .map((spec) => [spec.name, adapterOf(spec, lora.rank)]),
  );
  return { specs: adapterSpecs(adapters), adapters };
}

/** The model's own weights, and the adapters after them. */
export function allSpecs(config: ModelConfig, { adapters }: TrainedPart): ParameterSpec[] {
  return [...parameterSpecs(config), ...adapterSpecs(adapters)];
}

function adapterSpecs(adapters: TrainedPart["adapters"]): ParameterSpec[] {
  return [...adapters.values()].flatMap(({ down, up }) => [down, up]);
}

/**
 * Whether the parts of the pattern stand in the name, one after the other:
 * `layers.1`, `mlp`, `*layernorm`. A star stands for anything within a part.
 */
export function matchesName(name: string, pattern: string): boolean {
  const parts = name.split(".");
  const wanted = pattern.split(".").map(partPattern);
  return parts.some((_, start) =>
    wanted.every((part, i) => start + i < parts.length && part.test(parts[start + i])),
  );
}

function partPattern(part: string): RegExp {
  const literal = part.split("*").map((text) => text.replace(/[^\w]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join(".*")}$`);
}

function namesMatching(
  specs: readonly ParameterSpec[],
  pattern: string,
  flag: string,
): readonly string[] {
  const names = specs.map(({ name }) => name).filter((name) => matchesName(name, pattern));
  if (names.length > 0) return names;
  const { query, down } = layerNames(0);
  throw new HintedError(`${flag} ${pattern}: no weight has such a name.`, {
    hint: `Name parts of names like ${query} or ${down}; * stands for anything within a part.`,
  });
}

function adapterOf({ name, shape: [out, input] }: ParameterSpec, rank: number): Adapter {
  if (rank > Math.min(out, input)) {
    throw new HintedError(`--lora ${rank}: ${name} is [${out}, ${input}], of a smaller rank.`, {
      hint: `Choose a rank of at most ${Math.min(out, input)}; 4 to 32 are usual.`,
    });
  }
  const base = name.replace(/\.weight$/, "");
  return {
    down: { name: `${base}.lora_A.weight`, shape: [rank, input] },
    up: { name: `${base}.lora_B.weight`, shape: [rank, out] },
  };
}
