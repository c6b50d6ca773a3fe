import type { Logger } from "@sluice/observability";
import type { WireRequest } from "@sluice/wire";

/** One line per request, for deployments that ask for it. Without the query, which may hold what no log should. */
export function logAnswer(logger: Logger, { head }: WireRequest, status: number, durationMs: number): void {
  const [path = ""] = head.kind === "http" ? head.target.split("?", 1) : [""];
  const what = head.kind === "http" ? `${head.method} ${path}` : `CALL ${head.method}`;
  const ms = Math.round(durationMs * 10) / 10;
  logger.info({ requestId: head.requestId, revision: head.revision, status, ms }, `${what} ${status} ${ms}ms`);
}
