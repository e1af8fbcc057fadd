/** Buckets: so many requests of a kind in so much time, told in headers before it hurts. */

import { createHash } from "node:crypto";

export interface Limit {
  readonly requests: number;
  readonly milliseconds: number;
}

/** By route, as in `POST /channels/:channel/messages`. */
export type Limits = Readonly<Record<string, Limit>>;

const GENEROUS: Limit = { requests: 10_000, milliseconds: 1000 };

export interface Permit {
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds to wait; only if the request came too early. */
  readonly retryAfter?: number;
}

export class RateLimits {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { used: number; resetsAt: number }>();

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** @param major the channel or webhook whose bucket is its own */
  take(route: string, major: string): Permit {
    const limit = this.#limits[route] ?? GENEROUS;
    const now = this.#now();
    const key = `${route} ${major}`;
    let bucket = this.#buckets.get(key);
    if (!bucket || bucket.resetsAt <= now) {
      bucket = { used: 0, resetsAt: now + limit.milliseconds };
      this.#buckets.set(key, bucket);
    }
    bucket.used++;
    const seconds = (bucket.resetsAt - now) / 1000;
    const headers = {
      "x-ratelimit-limit": String(limit.requests),
      "x-ratelimit-remaining": String(Math.max(0, limit.requests - bucket.used)),
      "x-ratelimit-reset": String(bucket.resetsAt / 1000),
      "x-ratelimit-reset-after": seconds.toFixed(3),
      "x-ratelimit-bucket": createHash("sha1").update(route).digest("hex").slice(0, 16),
    };
    return bucket.used > limit.requests ? { headers, retryAfter: seconds } : { headers };
  }
}
