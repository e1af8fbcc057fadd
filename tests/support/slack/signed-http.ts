/**
 * Delivery over HTTP: every request carries Slack's signature over its time
 * and body. A test can spoil either, to see the app refuse it.
 */

import { createHmac } from "node:crypto";

import type { AppIdentity } from "./app-identity.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";

export interface Spoiled {
  /** Signs with another secret. */
  readonly secret?: string;
  /** Replaces the body after it was signed. */
  readonly body?: string;
  /** Seconds added to the time of the request; below zero it is old. */
  readonly skew?: number;
  /** Leaves the signature out. */
  readonly unsigned?: boolean;
}

export interface SignedHttp {
  /** From now on deliveries go to this address. */
  readonly deliverTo: (url: string) => void;
  /** Sends any payload, spoiled or not, and gives the app's answer. */
  readonly send: (payload: unknown, spoiled?: Spoiled) => Promise<Response>;
}

export function createSignedHttp(app: AppIdentity, deliveries: Deliveries): SignedHttp {
  let target: string | undefined;
  const post = async (request: SignedRequest, spoiled: Spoiled = {}): Promise<Response> => {
    if (target === undefined) throw new Error("No address of the app is known: deliverTo(url).");
    const time = String(Math.floor(Date.now() / 1000) + (spoiled.skew ?? 0)); // the app's own clock
    const signature = signatureOf(spoiled.secret ?? app.signingSecret, time, request.body);
    return fetch(target, {
      method: "POST",
      headers: {
        ...request.headers,
        "x-slack-request-timestamp": time,
        ...(spoiled.unsigned ? {} : { "x-slack-signature": signature }),
      },
      body: spoiled.body ?? request.body,
    });
  };
  const carry = async (delivery: Delivery): Promise<void> => {
    try {
      const answer = await post(requestOf(delivery));
      const body = await answer.text();
      if (answer.ok) deliveries.acknowledge(delivery.envelopeId, parsed(body));
      else deliveries.failed(delivery, `http_error ${answer.status}`);
    } catch {
      deliveries.failed(delivery, "connection_failed"); // the test sees it in the log of deliveries
    }
  };
  deliveries.addTransport({
    isOpen: () => target !== undefined,
    send: (delivery) => void carry(delivery),
  });
  return {
    deliverTo(url) {
      target = url;
      deliveries.resume();
    },
    send: (payload, spoiled) => post(requestOf(payload), spoiled),
  };
}

interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const FORM = "application/x-www-form-urlencoded";

/** Events are JSON; commands are a form; clicks and views are JSON in a form. */
function requestOf(sent: unknown): SignedRequest {
  if (!isDelivery(sent)) {
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(sent) };
  }
  const { kind, payload, attempts, retryReason } = sent;
  if (kind === "slash_commands") {
    const form = new URLSearchParams(payload as Record<string, string>); // all its values are text
    return { headers: { "content-type": FORM }, body: form.toString() };
  }
  if (kind === "interactive") {
    const form = new URLSearchParams({ payload: JSON.stringify(payload) });
    return { headers: { "content-type": FORM }, body: form.toString() };
  }
  const retry: Record<string, string> =
    attempts > 1
      ? {
          "x-slack-retry-num": String(attempts - 1),
          "x-slack-retry-reason": retryReason ?? "http_timeout",
        }
      : {};
  const headers = { "content-type": "application/json", ...retry };
  return { headers, body: JSON.stringify(payload) };
}

function isDelivery(sent: unknown): sent is Delivery {
  return typeof sent === "object" && sent !== null && "envelopeId" in sent;
}

function signatureOf(secret: string, time: string, body: string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex")}`;
}

function parsed(body: string): unknown {
  try {
    return body === "" ? undefined : JSON.parse(body);
  } catch {
    return body; // a command may be answered with plain text
  }
}
