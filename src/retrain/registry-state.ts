/**
 * What is remembered of the versions of the model, and what follows from it.
 *
 * Who serves is one list, `champions`: the last of them serves, the one before
 * is the way back. So there are never two champions, nor none after one.
 */

import { z } from "zod";

import { UNSEEN } from "../chat/models.ts";
import { Place } from "../chat/place.ts";

export const Version = z
  .strictObject({
    /** Also the name of its folder. */
    name: z.string(),
    folder: z.string(),
    /** Of the files that are served; another one is another model. */
    manifest: z.string(),
    at: z.number(),
    /** Where it came from, in words. */
    from: z.string(),
    /** Why it no longer serves, if it was taken back. */
    retired: z.string().optional(),
  })
  .readonly();

export type Version = z.infer<typeof Version>;

export const RegistryState = z
  .strictObject({
    /** Counts the changes; the audit line of each carries the same number. */
    revision: z.number().int().default(0),
    versions: z.array(Version).readonly().default([]),
    /** Names, oldest first. */
    champions: z.array(z.string()).readonly().default([]),
    /** Serves a share of the people, in percent; none at all as a shadow, unseen beside the champion. */
    canary: z
      .strictObject({
        name: z.string(),
        share: z.number(),
        since: z.number(),
        /** Where it was ordered. */
        place: Place.optional(),
      })
      .readonly()
      .optional(),
    /** A promotion that waits for a second admin. */
    request: z
      .strictObject({
        name: z.string(),
        share: z.number(),
        /** What lay in its folder then; requests from before that was kept are asked anew. */
        manifest: z.string().optional(),
        by: z.string(),
        at: z.number(),
        place: Place.optional(),
      })
      .readonly()
      .optional(),
  })
  .readonly();

export type RegistryState = z.infer<typeof RegistryState>;
/** A canary, or a shadow. */
export type Trial = NonNullable<RegistryState["canary"]>;

export type VersionState = "candidate" | "shadow" | "canary" | "champion" | "previous" | "retired";

export function stateOf({ champions, canary }: RegistryState, version: Version): VersionState {
  const { name, retired } = version;
  if (canary?.name === name) return canary.share === UNSEEN ? "shadow" : "canary";
  if (champions.at(-1) === name) return "champion";
  if (champions.at(-2) === name) return "previous";
  return retired !== undefined || champions.includes(name) ? "retired" : "candidate";
}

/** So many champions are remembered as ways back. */
const REMEMBERED_CHAMPIONS = 20;

/** A version is known. Another model of its name takes its place, and has served nobody yet. */
export function withVersion(state: RegistryState, version: Version): RegistryState {
  const { versions, champions } = state;
  const known = versions.find(({ name }) => name === version.name);
  if (known?.manifest === version.manifest) return state;
  return {
    ...state,
    versions: [...versions.filter((other) => other !== known), version],
    champions: champions.filter((name) => name !== version.name),
  };
}

export function withChampion(state: RegistryState, name: string): RegistryState {
  const { champions, canary, versions } = state;
  return {
    ...state,
    champions: [...champions.filter((other) => other !== name), name].slice(-REMEMBERED_CHAMPIONS),
    canary: canary?.name === name ? undefined : canary,
    request: undefined,
    versions: versions.map((version) =>
      version.name === name ? { ...version, retired: undefined } : version,
    ),
  };
}

/** It serves nobody any more: what was before it does. */
export function withoutServing(state: RegistryState, name: string, why: string): RegistryState {
  const { champions, canary, versions } = state;
  return {
    ...state,
    champions: champions.filter((other) => other !== name),
    canary: canary?.name === name ? undefined : canary,
    versions: versions.map((version) =>
      version.name === name ? { ...version, retired: why } : version,
    ),
  };
}
