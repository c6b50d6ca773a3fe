import { createHash } from "node:crypto";
import { SluiceError } from "@sluice/contracts";
import { claimIdempotencyKey, releaseIdempotencyKey, saveIdempotentAnswer } from "@sluice/db";
import type { Db, IdempotentRequest } from "@sluice/db";
import type { RestAnswer } from "./operation.ts";

export interface IdempotentCall {
  readonly projectId: string;
  readonly principal: string;
  readonly key: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: string;
}

/**
 * Runs a call once per key: a repeat gets the first answer. A call that fails gives its key back, because nothing was
 * changed and the caller may mend its request.
 */
export async function runOnce(db: Db, call: IdempotentCall, run: () => Promise<RestAnswer>): Promise<RestAnswer> {
  const request = requestOf(call);
  const claim = await claimIdempotencyKey(db, request);
  if (claim.kind === "done") {
    const kept = claim.response as Pick<RestAnswer, "body" | "headers">;
    return { status: claim.status, ...kept, headers: { ...kept.headers, "idempotency-replayed": "true" } };
  }
  if (claim.kind === "running") {
    throw new SluiceError({
      code: "application/conflict",
      publicMessage: "The first call with this Idempotency-Key is still running. Ask again in a moment.",
    });
  }
  try {
    const answer = await run();
    await saveIdempotentAnswer(db, request, answer.status, {
      body: answer.body ?? null,
      headers: answer.headers ?? {},
    });
    return answer;
  } catch (error) {
    await releaseIdempotencyKey(db, request);
    throw error;
  }
}

function requestOf(call: IdempotentCall): IdempotentRequest {
  if (!/^[\x21-\x7e]{1,255}$/.test(call.key)) {
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: "An Idempotency-Key has 1 to 255 printable characters.",
    });
  }
  const fingerprint = createHash("sha256").update(`${call.method} ${call.path}\n${call.body}`).digest("hex");
  return { projectId: call.projectId, principal: call.principal, key: call.key, fingerprint };
}
