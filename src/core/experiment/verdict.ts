/**
 * `verdict.json`: what came of comparing a candidate with the champion,
 * written by `lfz judge` and read by whoever promotes.
 */

import { z } from "zod";

import { Figure } from "./run-record.ts";

/** The name of the file in the folder of the candidate. */
export const VERDICT_FILE = "verdict.json";

const Check = z.strictObject({
  /** For people: `original test set, bits a byte`. */
  name: z.string(),
  champion: Figure,
  candidate: Figure,
  /** 95 % confidence interval of candidate − champion, by bootstrap; absent where nothing is sampled. */
  interval: z.tuple([Figure, Figure]).optional(),
  /** `unknown`: too little to tell. */
  outcome: z.enum(["better", "same", "worse", "unknown"]),
  /** Why, in words. */
  remark: z.string().optional(),
});

export type Check = z.infer<typeof Check>;

export const Verdict = z.strictObject({
  schema: z.literal(1),
  candidate: z.string(),
  champion: z.string(),
  at: z.iso.datetime(),
  /**
   * `wins`: something is better beyond chance and nothing is worse; `holds`:
   * nothing is worse; `loses`: something is, and the candidate must not serve.
   */
  outcome: z.enum(["wins", "holds", "loses"]),
  /** One sentence for people. */
  reason: z.string(),
  checks: z.array(Check),
});

export type Verdict = z.infer<typeof Verdict>;
