/** What Discord refuses, under its own numbers. */

const REFUSALS = {
  unauthorized: [401, 0, "401: Unauthorized"],
  notFound: [404, 0, "404: Not Found"],
  unknownChannel: [404, 10003, "Unknown Channel"],
  unknownMessage: [404, 10008, "Unknown Message"],
  unknownUser: [404, 10013, "Unknown User"],
  unknownWebhook: [404, 10015, "Unknown Webhook"],
  unknownInteraction: [404, 10062, "Unknown interaction"],
  alreadyAcknowledged: [400, 40060, "Interaction has already been acknowledged."],
  missingAccess: [403, 50001, "Missing Access"],
  foreignMessage: [403, 50005, "Cannot edit a message authored by another user"],
  emptyMessage: [400, 50006, "Cannot send an empty message"],
  missingPermissions: [403, 50013, "Missing Permissions"],
  invalidWebhookToken: [401, 50027, "Invalid Webhook Token"],
  invalidForm: [400, 50035, "Invalid Form Body"],
  threadArchived: [400, 50083, "Thread is archived"],
  threadExists: [400, 160004, "A thread has already been created for this message"],
} as const;

export class ApiError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(refusal: keyof typeof REFUSALS, details: object = {}) {
    const [status, code, message] = REFUSALS[refusal];
    super(message);
    this.status = status;
    this.body = { message, code, ...details };
  }
}

/** A body that does not fit: what is wrong with which field. */
export function invalidForm(field: string, code: string, message: string): ApiError {
  const nested = field
    .split(".")
    .reduceRight<object>((inner, key) => ({ [key]: inner }), { _errors: [{ code, message }] });
  return new ApiError("invalidForm", { errors: nested });
}
