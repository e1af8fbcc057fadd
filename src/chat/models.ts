/**
 * The versions of the model as chat sees them: who answers whom, and what an
 * admin can change about it. `src/retrain/` keeps them.
 */

import type { Engine } from "../generate/types.ts";
import type { PlatformName } from "./platform.ts";

/** The admin who says so. */
export interface Admin {
  /** Platform and id. */
  readonly who: string;
  readonly platform: PlatformName;
}

export interface PromotionOrder {
  readonly name: string;
  /** Percent of the people, 1 to 100. */
  readonly share: number;
  readonly by: Admin;
  readonly why?: string | undefined;
}

/** `asked`: a second admin has to say the same. */
export type Promoted =
  | { readonly kind: "asked" }
  | { readonly kind: "canary"; readonly champion: string }
  | { readonly kind: "champion"; readonly before: string };

export interface RolledBack {
  readonly from: string;
  readonly to: string;
}

export interface VersionSummary {
  readonly name: string;
  readonly state: "candidate" | "canary" | "champion" | "previous" | "retired";
  /** Percent of the people, of a canary. */
  readonly share?: number | undefined;
  readonly isServing: boolean;
  readonly parameters?: number | undefined;
  /** Of the file that is served. */
  readonly bytes?: number | undefined;
  /** On held-out conversations. */
  readonly loss?: number | undefined;
  readonly bitsPerByte?: number | undefined;
  /** Why it was taken back, or why it cannot be read. */
  readonly remark?: string | undefined;
}

/** `champion`, or `canary, 10 % of the people`. */
export function roleOf({ state, share }: VersionSummary): string {
  return share === undefined ? state : `${state}, ${share} % of the people`;
}

export interface Models {
  /** The version on trial, if there is one. */
  readonly canary?: string | undefined;
  /** Whatever answers this person (a pseudonym) at the moment it is asked. */
  engineFor(asker: string): Promise<Pick<Engine, "model" | "generate">>;
  list(): Promise<readonly VersionSummary[]>;
  /** Resolves once people are answered by it; a `HintedError` says why they are not. */
  promote(order: PromotionOrder): Promise<Promoted>;
  /** The canary goes, or else the champion, for the one before. */
  rollback(by: Admin, why?: string): Promise<RolledBack>;
}
