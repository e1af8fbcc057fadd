/** The settings of preference training and their defaults. */

import { z } from "zod";

import type { PreferenceMethod } from "../data/preference-rows.ts";

export const PreferenceOptions = z.strictObject({
  /** β of both papers: how dear it is to move away from the start. */
  beta: z.number().positive(),
  /** What good and bad replies count in KTO: λ_D and λ_U. */
  desirableWeight: z.number().positive(),
  undesirableWeight: z.number().positive(),
  /** The most nats a token that the model may move away from the start, on held-out prompts. */
  klLimit: z.number().positive().nullable(),
});
export type PreferenceOptions = z.infer<typeof PreferenceOptions>;

export const Preference = PreferenceOptions.extend({
  method: z.enum(["dpo", "kto"]) satisfies z.ZodType<PreferenceMethod>,
});
export type Preference = z.infer<typeof Preference>;

const DEFAULTS: PreferenceOptions = {
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
  klLimit: null,
};

export function toPreference(
  method: PreferenceMethod,
  overrides: Partial<PreferenceOptions>,
): Preference {
  return { method, ...DEFAULTS, ...overrides };
}
