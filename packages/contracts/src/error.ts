/**
 * The one error type of Sluice. `publicMessage` may be shown to any caller; `cause` is for logs only.
 * Each code has exactly one HTTP status, so every edge translates the same way.
 */
export const errorStatus = {
  "request/invalid": 400,
  "auth/required": 401,
  "auth/forbidden": 403,
  "join/unknown_token": 401,
  "join/expired_token": 403,
  "join/used_token": 403,
  "node/removed": 403,
  "request/foreign_origin": 403,
  "request/unknown_host": 421,
  "application/not_found": 404,
  "revision/not_found": 404,
  "deployment/not_found": 404,
  "replica/not_found": 404,
  "bundle/not_found": 404,
  "node/not_found": 404,
  "join_token/not_found": 404,
  "rollout/not_found": 404,
  "route/not_found": 404,
  "request/method_not_allowed": 405,
  "request/timeout": 408,
  "application/conflict": 409,
  "application/autoscaled": 409,
  "rollout/conflict": 409,
  "node/conflict": 409,
  "request/precondition_failed": 412,
  "request/too_large": 413,
  "request/unsupported_media_type": 415,
  "spec/invalid": 422,
  "bundle/invalid": 422,
  "idempotency/mismatch": 422,
  "request/too_many": 429,
  "client/closed": 499,
  internal: 500,
  "replica/user_error": 500,
  "replica/lost": 502,
  "replica/bad_answer": 502,
  "controller/unavailable": 503,
  "controller/stale_epoch": 503,
  "logs/unavailable": 503,
  "database/unavailable": 503,
  "gateway/no_ready_replica": 503,
  "gateway/queue_full": 503,
  "gateway/not_ready": 503,
  "gateway/deadline": 504,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** One wrong field: `pointer` is an RFC 6901 JSON pointer fragment such as `#/deployments/0/num_replicas`. */
export interface FieldIssue {
  readonly pointer: string;
  /** What is wrong and what would be right. */
  readonly detail: string;
}

export interface SluiceErrorInit {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
}

export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly issues: readonly FieldIssue[];

  constructor(init: SluiceErrorInit) {
    super(init.publicMessage, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = "SluiceError";
    this.code = init.code;
    this.publicMessage = init.publicMessage;
    this.issues = init.issues ?? [];
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

/** Structural test, so that errors survive duplicated module instances, and whatever their `name` says (TimeoutError). */
export function isSluiceError(error: unknown): error is SluiceError {
  if (!(error instanceof Error) || !("code" in error) || !("publicMessage" in error)) return false;
  return typeof error.code === "string" && error.code in errorStatus;
}
