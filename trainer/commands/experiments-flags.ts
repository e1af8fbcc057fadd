/** The flags that all of `lfz experiments` share. */

import { z } from "zod";

import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";

export const experimentsFlags = z.strictObject({
  root: z.string().default(EXPERIMENTS_ROOT).describe("the folder that holds the experiments"),
});
