import type { HostLaunch } from "@sluice/contracts";
import { continueTrace } from "@sluice/observability";
import { callHead } from "@sluice/wire";
import type { CallHead, RequestHead } from "@sluice/wire";
import type { CallTarget } from "./call-target.ts";
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
  /** Uniform in [0, 1), for the id of the new span. */
  readonly random: () => number;
}

/** The head of a call: what travels along from the request it belongs to, with a span of its own. */
export function callHeadOf(facts: CallFacts): CallHead {
  const { launch, target, incoming, value, leftMs } = facts;
  const headers = headersOfValue(value);
  const traceparent = incoming?.traceparent ?? "";
  return callHead({
    requestId: incoming?.requestId ?? "",
    traceparent: traceparent === "" ? "" : continueTrace(traceparent, facts.random),
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
