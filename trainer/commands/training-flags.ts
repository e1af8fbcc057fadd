/** The flags that `train` and `finetune` share. */

import { z } from "zod";

import { Device } from "../../src/core/onnx/device.ts";
import { ENGINES } from "../train/engine.ts";
import { SETTING_NAMES } from "../train/options.ts";

const positive = z.coerce.number().positive();

export const deviceFlag = Device.optional().describe(
  "what computes: cpu (the default), webgpu (any graphics card) or cuda (NVIDIA's)",
);

export const trainingFlags = {
  data: z
    .array(z.string())
    .optional()
    .describe("conversation files, JSONL or .jsonl.gz; - is standard input"),
  licence: z.string().optional().describe("licence of rows that state none"),
  consent: z.string().optional().describe("on what consent rows that state none are used"),
  minutes: positive.optional().describe("end after this many minutes"),
  steps: z.coerce.number().int().positive().optional().describe("end after this many steps"),
  epochs: positive.optional().describe("end after the data was seen this many times"),
  freeze: z
    .array(z.string())
    .default([])
    .describe("weights to leave as they are, by parts of their names: embed_tokens, layers.0"),
  name: z.string().optional().describe("folder under experiments/; the date by default"),
  seed: z.coerce.number().int().default(1).describe("everything random follows from it"),
  engine: z
    .enum(ENGINES)
    .optional()
    .describe("what computes the steps: onnxruntime unless tfjs, TensorFlow.js, is to check it"),
  device: deviceFlag,
  threads: z.coerce.number().int().positive().optional().describe("all cores by default"),
  set: z
    .array(z.string())
    .default([])
    .describe(`single settings, key=value: ${SETTING_NAMES.join(", ")}`),
  tensorboard: z.boolean().default(false).describe("write event files for TensorBoard too"),
  dryRun: z.boolean().default(false).describe("print the plan and stop"),
};
