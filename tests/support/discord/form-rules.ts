/** What Discord accepts in a form: lengths, counts, names. */

import { ComponentType } from "discord.js";
import { z } from "zod";

import { ApiError, invalidForm } from "./api-error.ts";

const LONGEST_CONTENT = 2000;
const LONGEST_CUSTOM_ID = 100;
const LONGEST_NONCE = 25;

export const MessageBody = z.object({
  content: z.string().nullish(),
  nonce: z.union([z.string(), z.number()]).transform(String).optional(),
  enforce_nonce: z.boolean().optional(),
  embeds: z.array(z.looseObject({ description: z.string().optional() })).nullish(),
  components: z.array(z.unknown()).nullish(),
  flags: z.int().nullish(),
  attachments: z.array(z.looseObject({ id: z.union([z.string(), z.int()]) })).nullish(),
  allowed_mentions: z
    .object({
      parse: z.array(z.string()).optional(),
      users: z.array(z.string()).optional(),
      roles: z.array(z.string()).optional(),
      replied_user: z.boolean().optional(),
    })
    .nullish(),
  message_reference: z
    .object({ message_id: z.string(), fail_if_not_exists: z.boolean().default(true) })
    .nullish(),
});
export type MessageBody = z.infer<typeof MessageBody>;

const Component: z.ZodType<ComponentForm> = z.looseObject({
  type: z.enum(ComponentType),
  custom_id: z.string().optional(),
  label: z.string().optional(),
  value: z.string().optional(),
  emoji: z.looseObject({ name: z.string().optional() }).optional(),
  get components() {
    return z.array(Component).optional();
  },
  get component() {
    return Component.optional();
  },
});
export interface ComponentForm {
  readonly type: ComponentType;
  readonly custom_id?: string;
  readonly label?: string;
  readonly value?: string;
  readonly emoji?: { readonly name?: string };
  readonly components?: readonly ComponentForm[];
  readonly component?: ComponentForm;
}

export const ModalBody = z.object({
  custom_id: z.string(),
  title: z.string(),
  components: z.array(Component),
});

/** @throws ApiError for a message that Discord would not take. */
export function requireFittingMessage(body: MessageBody, files: number): void {
  const content = body.content ?? "";
  requireLength("content", content, LONGEST_CONTENT);
  requireLength("nonce", body.nonce ?? "", LONGEST_NONCE);
  requireFittingComponents(body.components ?? []);
  const isEmpty = content.trim() === "" && files === 0 && !body.embeds?.length;
  if (isEmpty && !body.components?.length) throw new ApiError("emptyMessage");
}

export function requireFittingModal(modal: z.infer<typeof ModalBody>): void {
  requireLength("title", modal.title, 45);
  requireLength("custom_id", modal.custom_id, LONGEST_CUSTOM_ID);
  requireFittingComponents(modal.components);
}

export function requireFittingComponents(components: readonly unknown[]): void {
  const rows = components.map((row) => Component.parse(row));
  if (rows.length > 5) throw tooMany("components", 5);
  if (rows.some((row) => (row.components?.length ?? 0) > 5)) throw tooMany("components.0", 5);
  const seen = new Set<string>();
  for (const { custom_id: id, label } of rows.flatMap(flatten)) {
    requireLength("components.label", label ?? "", 80);
    if (id === undefined) continue;
    requireLength("components.custom_id", id, LONGEST_CUSTOM_ID);
    if (seen.has(id)) {
      const code = "COMPONENT_CUSTOM_ID_DUPLICATED";
      throw invalidForm("components", code, "Component custom id cannot be duplicated");
    }
    seen.add(id);
  }
}

/** A component and everything inside it. */
function flatten(component: ComponentForm): ComponentForm[] {
  const inner = [...(component.components ?? []), ...[component.component ?? []].flat()];
  return [component, ...inner.flatMap(flatten)];
}

export function componentsIn(rows: readonly unknown[]): ComponentForm[] {
  return rows.map((row) => Component.parse(row)).flatMap(flatten);
}

function requireLength(field: string, text: string, longest: number): void {
  if (text.length <= longest) return;
  const words = `Must be ${longest} or fewer in length.`;
  throw invalidForm(field, "BASE_TYPE_MAX_LENGTH", words);
}

function tooMany(field: string, most: number): ApiError {
  return invalidForm(field, "BASE_TYPE_BAD_LENGTH", `Must be between 1 and ${most} in length.`);
}
