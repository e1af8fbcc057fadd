/** An answer that is an error, in the shape OpenAI's clients read. */

import { HintedError, reasonOf } from "../../core/errors.ts";

export type ApiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "server_error";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly type: ApiErrorType;
  /** A fixed word for programs. */
  readonly code: string | null;
  /** The field at fault, `messages[2].role`. */
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    details: {
      code?: string;
      param?: string;
      type?: ApiErrorType;
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.status = status;
    this.type = details.type ?? (status >= 500 ? "server_error" : "invalid_request_error");
    this.code = details.code ?? null;
    this.param = details.param ?? null;
    this.headers = details.headers ?? {};
  }

  toJSON() {
    const { message, type, param, code } = this;
    return { error: { message, type, param, code } };
  }
}

/** What a client may know of any thrown value: a bug keeps its details to the log. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HintedError) {
    return new ApiError(503, `${error.message} ${error.hint}`, {
      code: "model_unavailable",
      cause: error,
    });
  }
  return new ApiError(500, "Something broke while answering; the server's log says what.", {
    code: "internal_error",
    cause: new Error(reasonOf(error), { cause: error }),
  });
}
