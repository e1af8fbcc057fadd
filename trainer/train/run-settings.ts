/** What a run was asked to do, resolved: kept in run.json, so that it resumes from there. */

import { z } from "zod";

import { HintedError } from "../../src/core/errors.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { Device } from "../../src/core/onnx/device.ts";
import { PartChoice } from "../model/trained-part.ts";
import { Preference } from "../preference/settings.ts";
import { DEFAULT_ENGINE, ENGINES } from "./engine.ts";
import { TrainingOptions } from "./options.ts";

const Budget = z.strictObject({
  minutes: z.number().positive().optional(),
  steps: z.int().positive().optional(),
  epochs: z.number().positive().optional(),
});

export const RunSettings = TrainingOptions.extend({
  ...PartChoice.shape,
  loss: z.enum(["all", "replies"]),
  budget: Budget,
  engine: z.enum(ENGINES).default(DEFAULT_ENGINE),
  /** How preferences are learnt from; nothing where conversations are. */
  preference: Preference.nullable().default(null),
  /** Of what is learnt, the least part that repeats original conversations. */
  replayShare: z
    .union([z.number().positive().lt(1), z.literal("usual")])
    .nullable()
    .default(null),
});

export type RunSettings = z.infer<typeof RunSettings>;

/** The flags that `--resume` needs again. */
export const DataFlags = z.looseObject({
  data: z.array(z.string()).min(1),
  /** Original conversations to repeat. */
  replay: z.array(z.string()).min(1).optional(),
  licence: z.string().optional(),
  consent: z.string().optional(),
  threads: z.int().positive().optional(),
  tensorboard: z.boolean().optional(),
  device: Device.optional(),
});

export type DataFlags = z.infer<typeof DataFlags>;

/** @throws HintedError if the record was not written by this trainer. */
export function settingsOf(run: RunRecord): { settings: RunSettings; flags: DataFlags } {
  const settings = RunSettings.safeParse(run.training);
  const flags = DataFlags.safeParse(run.flags);
  if (settings.success && flags.success) {
    return { settings: settings.data, flags: flags.data };
  }
  throw new HintedError(`${run.name} cannot be resumed: its run.json misses settings.`, {
    hint: "It comes from another version; train again under another --name.",
  });
}
