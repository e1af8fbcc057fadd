/**
 * What Slack sends to the app, and whether the app said that it has it.
 *
 * An event that is not acknowledged within three seconds is sent again, as
 * often as Slack does; a command or a click is not, its person sees an error.
 * With no way to the app, events wait for one.
 */

import type { World } from "./world.ts";

export type DeliveryKind = "events_api" | "slash_commands" | "interactive";

type DeliveryState = "waiting" | "sent" | "acknowledged" | "failed";

export interface Delivery {
  readonly envelopeId: string;
  readonly kind: DeliveryKind;
  readonly payload: Readonly<Record<string, unknown>>;
  /** How often it was sent. */
  attempts: number;
  sentAt: number;
  state: DeliveryState;
  /** What the app sent along with its acknowledgement. */
  response?: unknown;
  retryReason?: string;
}

/** A way to the app. */
export interface Transport {
  isOpen(): boolean;
  send(delivery: Delivery): void;
}

export interface Deliveries {
  readonly log: Delivery[];
  /** Every event goes out twice, as it sometimes does. */
  duplicating: boolean;
  addTransport(transport: Transport): void;
  deliver(kind: DeliveryKind, payload: Readonly<Record<string, unknown>>): Delivery;
  acknowledge(envelopeId: string, response: unknown): void;
  failed(delivery: Delivery, reason: string): void;
  /** Sends once more, acknowledged or not. */
  again(delivery: Delivery): void;
  /** Sends what waits, and again what was on its way when a connection was lost. */
  resume(reason?: string): void;
}

const ACKNOWLEDGE_WITHIN = 3000;
const MOST_ATTEMPTS = 4;

export function createDeliveries(world: World): Deliveries {
  const transports: Transport[] = [];
  const log: Delivery[] = [];

  const send = (delivery: Delivery, retryReason?: string) => {
    const transport = transports.find((one) => one.isOpen());
    if (!transport) {
      delivery.state = delivery.kind === "events_api" ? "waiting" : "failed";
      return world.changes.happened();
    }
    delivery.attempts++;
    delivery.retryReason = retryReason;
    delivery.sentAt = world.clock.now();
    delivery.state = "sent";
    transport.send(delivery);
    world.changes.happened();
  };
  const again = (delivery: Delivery, reason = "timeout") => {
    const lasts = delivery.kind === "events_api" && delivery.attempts < MOST_ATTEMPTS;
    if (lasts) return send(delivery, reason);
    delivery.state = "failed";
    world.changes.happened();
  };
  world.clock.onAdvance(() => {
    for (const delivery of log) {
      const late = world.clock.now() - delivery.sentAt >= ACKNOWLEDGE_WITHIN;
      if (delivery.state === "sent" && late) again(delivery);
    }
  });

  const deliveries: Deliveries = {
    log,
    duplicating: false,
    addTransport: (transport) => void transports.push(transport),
    deliver(kind, payload) {
      const envelopeId = world.nextId("envelope-");
      const delivery: Delivery = {
        envelopeId,
        kind,
        payload,
        attempts: 0,
        sentAt: 0,
        state: "waiting",
      };
      log.push(delivery);
      send(delivery);
      if (deliveries.duplicating) again(delivery);
      return delivery;
    },
    acknowledge(envelopeId, response) {
      const delivery = log.find((one) => one.envelopeId === envelopeId);
      if (!delivery) throw new Error(`The app acknowledged ${envelopeId}, which was never sent.`);
      delivery.state = "acknowledged";
      delivery.response = response;
      world.changes.happened();
    },
    failed: (delivery, reason) => {
      delivery.state = "failed";
      delivery.retryReason = reason;
      world.changes.happened();
    },
    again,
    resume(reason) {
      for (const delivery of log) {
        if (delivery.state === "waiting") send(delivery);
        else if (delivery.state === "sent" && reason) again(delivery, reason);
      }
    },
  };
  return deliveries;
}
