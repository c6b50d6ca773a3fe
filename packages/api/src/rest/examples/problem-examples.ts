/** One problem per status, in the words that the API itself uses. */
import { SluiceError, problemOf } from "@sluice/contracts";
import type { ErrorCode, FieldIssue, Problem } from "@sluice/contracts";

interface Refusal {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly issues?: readonly FieldIssue[];
}

const refusals: Readonly<Record<number, Refusal>> = {
  400: { code: "request/invalid", publicMessage: "limit: 1 to 500." },
  401: {
    code: "auth/required",
    publicMessage: "This installation asks for its admin token or an API key: Authorization: Bearer ...",
  },
  403: { code: "auth/forbidden", publicMessage: "This API key may read only." },
  404: { code: "application/not_found", publicMessage: "There is no application `digits`." },
  409: { code: "application/conflict", publicMessage: "The application `digits` is being deleted." },
  412: {
    code: "request/precondition_failed",
    publicMessage: "The application changed meanwhile: it is at generation 3, not 2.",
  },
  503: {
    code: "logs/unavailable",
    publicMessage: "Replica `k3v9s2aq` ran on node laptop, which is not connected now; its logs lie there.",
  },
  413: { code: "request/too_large", publicMessage: "The body is larger than the limit." },
  415: { code: "request/unsupported_media_type", publicMessage: "Send application/json or application/yaml." },
  422: {
    code: "spec/invalid",
    publicMessage: "The spec of digits has 1 wrong field.",
    issues: [{ pointer: "#/deployments/0/num_replicas", detail: "At least 1." }],
  },
};

const requestId = "5b1c9a7e2f40";

/** A status without words of its own is a failure inside. */
export function problemExample(status: number): Problem {
  const refusal = refusals[status];
  return problemOf(refusal === undefined ? undefined : new SluiceError(refusal), requestId);
}
