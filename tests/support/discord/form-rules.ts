/** What Discord accepts in a form: lengths, counts, names. */

import { ComponentType, MessageFlags } from "discord.js";
import { z } from "zod";

import { ApiError, invalidForm } from "./api-error.ts";

const LONGEST_CONTENT = 2000;
const LONGEST_CUSTOM_ID = 100;
const LONGEST_NONCE = 25;
const LONGEST_DESCRIPTION = 1024;
const LONGEST_LAYOUT_TEXT = 4000;
const MOST_LAYOUT_COMPONENTS = 40;

export const MessageBody = z.object({
  content: z.string().nullish(),
  nonce: z.union([z.string(), z.number()]).transform(String).optional(),
  enforce_nonce: z.boolean().optional(),
  embeds: z.array(z.looseObject({ description: z.string().optional() })).nullish(),
  components: z.array(z.unknown()).nullish(),
  flags: z.int().nullish(),
  attachments: z
    .array(
      z.looseObject({
        id: z.union([z.string(), z.int()]),
        description: z.string().max(LONGEST_DESCRIPTION).nullish(),
      }),
    )
    .nullish(),
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
  content: z.string().optional(),
  items: z
    .array(
      z.object({
        media: z.object({ url: z.string() }),
        description: z.string().max(LONGEST_DESCRIPTION).nullish(),
      }),
    )
    .min(1)
    .max(10)
    .optional(),
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
  /** Of a text display. */
  readonly content?: string;
  /** Of a media gallery. */
  readonly items?: readonly { readonly media: { readonly url: string } }[];
  readonly components?: readonly ComponentForm[];
  readonly component?: ComponentForm;
}

export const ModalBody = z.object({
  custom_id: z.string(),
  title: z.string(),
  components: z.array(Component),
});

/**
 * @param files names of what is, or stays, attached
 * @throws ApiError for a message that Discord would not take.
 */
export function requireFittingMessage(body: MessageBody, files: readonly string[]): void {
  const content = body.content ?? "";
  requireLength("content", content, LONGEST_CONTENT);
  requireLength("nonce", body.nonce ?? "", LONGEST_NONCE);
  if (isLayout(body)) return requireFittingLayout(body, files);
  requireFittingComponents(body.components ?? []);
  requireRowsOnly(body.components ?? []);
  const isEmpty = content.trim() === "" && files.length === 0 && !body.embeds?.length;
  if (isEmpty && !body.components?.length) throw new ApiError("emptyMessage");
}

function requireRowsOnly(components: readonly unknown[]): void {
  if (components.every((one) => Component.parse(one).type === ComponentType.ActionRow)) return;
  throw invalidForm(
    "components.0",
    "UNION_TYPE_CHOICES",
    "Value of field type must be one of (1,).",
  );
}

/** A message whose text and pictures are components too. */
function isLayout({ flags }: MessageBody): boolean {
  return ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
}

function requireFittingLayout(body: MessageBody, files: readonly string[]): void {
  if (body.content || body.embeds?.length) {
    const code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
    throw invalidForm(body.content ? "content" : "embeds", code, "It cannot be used here");
  }
  const components = componentsIn(body.components ?? []);
  if (components.length === 0) throw new ApiError("emptyMessage");
  if (components.length > MOST_LAYOUT_COMPONENTS)
    throw tooMany("components", MOST_LAYOUT_COMPONENTS);
  requireLength(
    "components",
    components.map(({ content = "" }) => content).join(""),
    LONGEST_LAYOUT_TEXT,
  );
  for (const { media } of components.flatMap(({ items = [] }) => items)) {
    const [, name] = /^attachment:\/\/(.+)$/.exec(media.url) ?? [];
    if (name === undefined || files.includes(name)) continue;
    const words = "The referenced attachment was not found in the request";
    throw invalidForm("components.media.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT", words);
  }
  requireFittingRows(components.filter(({ type }) => type === ComponentType.ActionRow));
}

export function requireFittingModal(modal: z.infer<typeof ModalBody>): void {
  requireLength("title", modal.title, 45);
  requireLength("custom_id", modal.custom_id, LONGEST_CUSTOM_ID);
  requireFittingComponents(modal.components);
}

export function requireFittingComponents(components: readonly unknown[]): void {
  const rows = components.map((row) => Component.parse(row));
  if (rows.length > 5) throw tooMany("components", 5);
  requireFittingRows(rows);
}

/** Rows of a message, or the whole of a form. */
function requireFittingRows(rows: readonly ComponentForm[]): void {
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
