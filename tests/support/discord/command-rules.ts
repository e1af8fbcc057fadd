/** What Discord accepts as an application command, and what it makes of it. */

import type { APIApplicationCommand } from "discord.js";
import { z } from "zod";

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const Name = z
  .string()
  .regex(NAME)
  .refine((name) => name === name.toLowerCase());
const Description = z.string().min(1).max(100);

const Option: z.ZodType<CommandOption> = z.looseObject({
  type: z.int().min(1).max(11),
  name: Name,
  description: Description,
  required: z.boolean().optional(),
  autocomplete: z.boolean().optional(),
  max_length: z.int().optional(),
  choices: z
    .array(z.object({ name: z.string().min(1).max(100), value: z.union([z.string(), z.number()]) }))
    .max(25)
    .optional(),
  get options() {
    return Options.optional();
  },
});

export interface CommandOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly max_length?: number;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly options?: readonly CommandOption[];
}

const Options = z
  .array(Option)
  .max(25)
  .refine(
    (options) =>
      !options.some(({ required }, at) => required && at > 0 && !options[at - 1]?.required),
    "Required options must be placed before non-required options",
  );

const common = {
  contexts: z.array(z.int().min(0).max(2)).nullish(),
  integration_types: z.array(z.int()).optional(),
  default_member_permissions: z.string().nullish(),
  nsfw: z.boolean().optional(),
};

/** A chat input command has a description and a plain name; the other kinds only a free name. */
export const Command = z.union([
  z.looseObject({
    type: z.literal(1).default(1),
    name: Name,
    description: Description,
    options: Options.optional(),
    ...common,
  }),
  z.looseObject({
    type: z.union([z.literal(2), z.literal(3)]),
    name: z.string().min(1).max(32),
    ...common,
  }),
]);

export function optionsOf(command: APIApplicationCommand): readonly CommandOption[] {
  return Options.parse(command.options ?? []);
}
