import type { HostLaunch } from "@sluice/contracts";
import { callHead } from "@sluice/wire";
import type { CallHead, RequestHead } from "@sluice/wire";
import type { CallTarget } from "./call-target.ts";
import { childTraceparent, spanIdOf } from "./child-traceparent.ts";
import { headersOfValue } from "./values/value-codec.ts";
import type { EncodedValue } from "./values/value-codec.ts";

export interface CallFacts {
  readonly launch: HostLaunch;
  readonly target: CallTarget;
  readonly revision: number;
  readonly modelId: string;
  readonly value: EncodedValue;
  /** Of the request on whose behalf the call is made. */
  readonly incoming: RequestHead | undefined;
  readonly attempt: number;
  /** Milliseconds until the deadline; Infinity without one. */
  readonly leftMs: number;
  /** Two numbers in [0, 1), for the id of the new span. */
  readonly u1: number;
  readonly u2: number;
}

/** The head of a call: what travels along from the request it belongs to, with a span of its own. */
export function callHeadOf(facts: CallFacts): CallHead {
  const { launch, target, incoming, value, leftMs } = facts;
  const headers = headersOfValue(value);
  const traceparent = incoming?.traceparent ?? "";
  return callHead({
    requestId: incoming?.requestId ?? "",
    traceparent: traceparent === "" ? "" : childTraceparent(traceparent, spanIdOf(facts.u1, facts.u2)),
    application: launch.application,
    revision: facts.revision,
    deployment: target.deployment,
    caller: launch.deployment,
    stickyKey: incoming?.stickyKey ?? "",
    multiplexedModelId: facts.modelId,
    // 0 on the wire means none.
    deadlineMs: leftMs === Infinity ? 0 : Math.max(1, Math.ceil(leftMs)),
    attempt: Math.min(facts.attempt, 255),
    method: target.method,
    encoding: value.encoding,
    ...(incoming === undefined ? undefined : { splitChoices: incoming.splitChoices, extras: incoming.extras }),
    ...(headers === undefined ? undefined : { headers }),
  });
}
