import { SluiceError } from "@sluice/contracts";
import type { LogQuery } from "@sluice/contracts";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";

export interface ReadLogsInput extends LogQuery {
  readonly id: string;
}

/** What a replica wrote, also when it is gone; a log that is followed ends with the replica, or when nobody reads it any more. */
export async function readReplicaLogs(
  deps: ApiDeps,
  principal: Principal,
  input: ReadLogsInput,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  authorize(principal, "read", { type: "cluster", id: input.id });
  const answer = await deps.controller.readLogs(
    {
      replicaId: input.id,
      rank: input.rank,
      stream: input.stream,
      sinceMs: input.since === undefined ? null : sinceMsOf(input.since, deps.clock.nowMs()),
      tailBytes: input.tail ?? null,
      follow: input.follow,
    },
    signal,
  );
  if (answer.ok) return answer.body;
  const { status, reason } = answer;
  throw new SluiceError({
    code: status === 404 ? "replica/not_found" : status === 400 ? "request/invalid" : "logs/unavailable",
    publicMessage: reason,
  });
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10m` = ten minutes before now; else a time. */
export function sinceMsOf(since: string, nowMs: number): number {
  const span = /^(\d+)([smhd])$/.exec(since);
  if (span === null) return Date.parse(since);
  return Math.max(0, nowMs - Number(span[1]) * (unitMs[span[2] ?? ""] ?? 0));
}
