/** A day, or a moment of it, as somebody types it. */

import { z } from "zod";

export const DateFlag = z
  .string()
  .refine((date) => !Number.isNaN(Date.parse(date)), "a date like 2026-01-31");
