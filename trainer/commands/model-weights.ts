/** The weights that a command works on, for a model folder that may have been opened for serving only. */

import { existsSync } from "node:fs";

import { HintedError } from "../../src/core/errors.ts";
import type { ModelFolder } from "../../src/core/experiment/folder.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";

/**
 * The path of model.safetensors. Serving needs none, so an otherwise whole folder may lack it.
 *
 * @param purpose what it is for, as in "to score with"
 */
export function weightsPathOf({ folder, run }: ModelFolder, purpose: string): string {
  const { weights } = experimentPaths(folder);
  if (run.files["model.safetensors"] && existsSync(weights)) return weights;
  throw new HintedError(`${folder} has no model.safetensors ${purpose}.`, {
    hint: `Write it with \`lfz export ${folder} --format safetensors\`.`,
  });
}
