/**
 * The versions of the model as chat sees them: who answers whom, and what an
 * admin can change about it. `src/retrain/` keeps them.
 */

import type { Engine, GenerationRequest } from "../generate/types.ts";
import type { Place, PlatformName } from "./place.ts";

/** Shares of the people, in percent; a shadow answers beside the champion, seen by nobody. */
export const EVERYBODY = 100;
export const UNSEEN = 0;

/** The admin who says so. */
export interface Admin {
  /** Platform and id. */
  readonly who: string;
  readonly platform: PlatformName;
}

export interface PromotionOrder {
  readonly name: string;
  /** Percent of the people, up to `EVERYBODY`; `UNSEEN` is a shadow. */
  readonly share: number;
  readonly by: Admin;
  readonly why?: string | undefined;
  /** Although the judge says that it loses. */
  readonly isForced?: boolean | undefined;
  /** Where it is ordered, and where people are told what becomes of it. */
  readonly place?: Place | undefined;
}

/** `asked`: a second admin has to say the same. */
export type Promoted = (
  | { readonly kind: "asked" }
  | { readonly kind: "shadow" | "canary"; readonly champion: string }
  | { readonly kind: "champion"; readonly before: string }
) & {
  /** What the judge said of it, in words. */
  readonly judged: string;
};

export interface RolledBack {
  readonly from: string;
  readonly to: string;
}

export interface VersionSummary {
  readonly name: string;
  readonly state: "candidate" | "shadow" | "canary" | "champion" | "previous" | "retired";
  /** Percent of the people, of a canary. */
  readonly share?: number | undefined;
  readonly isServing: boolean;
  readonly parameters?: number | undefined;
  /** Of the file that is served. */
  readonly bytes?: number | undefined;
  /** On held-out conversations. */
  readonly loss?: number | undefined;
  readonly bitsPerByte?: number | undefined;
  /** What the judge said of it, in words. */
  readonly judged?: string | undefined;
  /** How a shadow fares, in words. */
  readonly figures?: string | undefined;
  /** Why it was taken back, or why it cannot be read. */
  readonly remark?: string | undefined;
}

/** `champion`, or `canary, 10 % of the people`. */
export function roleOf({ state, share }: VersionSummary): string {
  return share === undefined ? state : `${state}, ${share} % of the people`;
}

/** Two that answer the same question. */
export interface Pair {
  readonly champion: Pick<Engine, "model" | "generate">;
  readonly other: Pick<Engine, "model" | "generate">;
}

/** A reply that people have got, and what was asked of the model that made it. */
export interface Answered {
  readonly id: string;
  readonly model: string;
  readonly request: GenerationRequest;
  readonly text: string;
  readonly hasFailed: boolean;
  readonly tokens: number;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
}

export interface Models {
  /** The version on trial, if there is one. */
  readonly trial?: string | undefined;
  /** Whatever answers this person (a pseudonym) at the moment it is asked. */
  engineFor(asker: string): Promise<Pick<Engine, "model" | "generate">>;
  list(): Promise<readonly VersionSummary[]>;
  /** Resolves once people are answered by it; a `HintedError` says why they are not. */
  promote(order: PromotionOrder): Promise<Promoted>;
  /** The trial ends, or else the champion, for the one before. */
  rollback(by: Admin, why?: string): Promise<RolledBack>;
  /** The champion and another version, which stays loaded for a while; a `HintedError` says why it cannot be. */
  pair(name: string, by: Admin): Promise<Pair>;
  /** Told of each reply, so that a shadow may answer the same, and takes no time. */
  answered(reply: Answered): void;
}
