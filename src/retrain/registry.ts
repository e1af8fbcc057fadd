/**
 * The versions of the model: which there are, which serves, which did before.
 *
 * Knows names and states on disk, not engines. Each change is announced in the
 * audit journal and then made in one write, so that whenever the process dies
 * there is one champion, and no change that nobody is named for.
 */

import { UNSEEN } from "../chat/models.ts";
import type { Place } from "../chat/place.ts";
import { HintedError } from "../core/errors.ts";
import type { StateDocument } from "../state/document.ts";
import type { Journal } from "../state/journal.ts";
import { inOrder } from "../state/in-order.ts";
import { MACHINE, type Actor, type AuditRecord } from "./audit.ts";
import {
  withChampion,
  withoutServing,
  withVersion,
  type RegistryState,
  type Trial,
  type Version,
} from "./registry-state.ts";

/** How long a promotion waits for a second admin, in milliseconds. */
const REQUEST_VALID_MS = 60 * 60_000;

export interface RegistryParts {
  readonly document: StateDocument<RegistryState>;
  readonly audit: Pick<Journal<AuditRecord>, "append" | "records">;
  readonly now: () => number;
}

export interface Promotion {
  /** Percent of the people; 100 is everybody, 0 nobody: a shadow. */
  readonly share: number;
  /** Where it was ordered. */
  readonly place?: Place | undefined;
}

/** Why something is changed, for the record. */
export interface Grounds {
  readonly why?: string | undefined;
  readonly despite?: string | undefined;
}

type Announcement = Pick<AuditRecord, "action" | "version" | "share" | keyof Grounds>;

export class Registry {
  readonly #parts: RegistryParts;
  readonly #inOrder = inOrder();
  #revision: number;
  /** Announced, and as far as is known not made. */
  #unmade: AuditRecord | undefined;

  private constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.#revision = parts.document.value.revision;
  }

  static async open(parts: RegistryParts): Promise<Registry> {
    const registry = new Registry(parts);
    await registry.#settleWithAudit();
    return registry;
  }

  get state(): RegistryState {
    return this.#parts.document.value;
  }

  get versions(): readonly Version[] {
    return this.state.versions;
  }

  /** The one that serves, then the ways back, newest first. */
  get champions(): readonly Version[] {
    return [...this.state.champions].reverse().flatMap((name) => this.find(name) ?? []);
  }

  get trial(): Trial | undefined {
    return this.state.canary;
  }

  find(name: string | undefined): Version | undefined {
    return this.versions.find((version) => version.name === name);
  }

  /**
   * What is known of a model, or would be: it is written down when it begins to serve.
   *
   * @throws HintedError if another folder has that name here.
   */
  versionOf(found: Omit<Version, "at">): Version {
    const known = this.find(found.name);
    if (known && known.folder !== found.folder) throw nameTaken(known, found.folder);
    return known?.manifest === found.manifest ? known : { ...found, at: this.#parts.now() };
  }

  /** True if another admin asked for the same within the hour; otherwise it is asked for now. */
  async second(version: Version, { share, place }: Promotion, by: Actor): Promise<boolean> {
    const { name, manifest } = version;
    const { request } = this.state;
    const now = this.#parts.now();
    const isSame = request?.name === name && request.manifest === manifest;
    const isOpen = isSame && request.share === share;
    const isFresh = request !== undefined && now - request.at < REQUEST_VALID_MS;
    if (isOpen && isFresh && request.by !== by.who) return true;
    const asked = { name, share, manifest, by: by.who, at: now, place };
    const announcement = { action: "request", version: name, share } as const;
    await this.#change(announcement, by, (state) => ({ ...state, request: asked }));
    return false;
  }

  /** Its moment stays while its share grows; a shadow that is seen from now on begins anew. */
  async beginTrial(
    version: Version,
    { share, place }: Promotion,
    by: Actor,
    grounds?: Grounds,
  ): Promise<void> {
    const { name } = version;
    const action = share === UNSEEN ? "shadow" : "canary";
    await this.#change({ action, version: name, share, ...grounds }, by, (before) => {
      const state = withVersion(before, version);
      const { canary } = state;
      const goesOn = canary?.name === name && (canary.share === UNSEEN) === (share === UNSEEN);
      const since = goesOn ? canary.since : this.#parts.now();
      return { ...state, canary: { name, share, since, place }, request: undefined };
    });
  }

  async promote(version: Version, by: Actor, grounds?: Grounds): Promise<void> {
    const { name } = version;
    await this.#change({ action: "promote", version: name, ...grounds }, by, (state) =>
      withChampion(withVersion(state, version), name),
    );
  }

  /** It serves nobody any more. The champion before it is champion again. */
  async retire(name: string, by: Actor, why: string): Promise<void> {
    await this.#change({ action: "retire", version: name, why }, by, (state) =>
      withoutServing(state, name, why),
    );
  }

  #change(
    announcement: Announcement,
    by: Actor,
    edit: (state: RegistryState) => RegistryState,
  ): Promise<void> {
    const { document, audit, now } = this.#parts;
    return this.#inOrder(async () => {
      if (this.#unmade) await this.#void(this.#unmade, "it could not be written down");
      this.#unmade = undefined;
      const revision = ++this.#revision;
      const record = { revision, at: now(), ...by, ...announcement };
      await audit.append(record);
      this.#unmade = record;
      await document.change((state) => ({ ...edit(state), revision }));
      this.#unmade = undefined;
    });
  }

  /** Lines whose changes were never made are said to be void. */
  async #settleWithAudit(): Promise<void> {
    const made = this.#revision;
    const unmade = new Map<number, AuditRecord>();
    for await (const record of this.#parts.audit.records()) {
      const { revision, action } = record;
      if (action === "undone") unmade.delete(revision);
      else if (revision > made) unmade.set(revision, record);
      this.#revision = Math.max(this.#revision, revision);
    }
    for (const record of unmade.values()) {
      await this.#void(record, "the process ended before it took effect");
    }
  }

  #void({ revision, version }: AuditRecord, why: string): Promise<void> {
    const { audit, now } = this.#parts;
    return audit.append({ revision, at: now(), ...MACHINE, action: "undone", version, why });
  }
}

function nameTaken({ name, folder }: Version, other: string): HintedError {
  return new HintedError(`${name} is the name of the version in ${folder} already.`, {
    hint: `Give ${other} another name to have both.`,
  });
}
