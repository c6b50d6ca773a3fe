/** What every HTTP side of the controller does with its callers: who they are, where they may go, how they are refused. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { problemContentType, problemOf, SluiceError } from "@sluice/contracts";
import { isAllowedHost, type Logger } from "@sluice/observability";
import type { Caller, IdentifyCaller } from "../nodes/callers.ts";

export interface GuardOptions {
  /** Null = any: a certificate names the server already. */
  readonly allowedHosts: readonly string[] | null;
  readonly identify: IdentifyCaller;
  readonly logger: Logger;
}

/** Paths below `/internal/` are for callers who are known; nodes get only what `isForNodes` says. */
export function guardRequests(
  app: FastifyInstance,
  { allowedHosts, identify, logger }: GuardOptions,
  isForNodes: (request: FastifyRequest) => boolean,
  isForAll: (request: FastifyRequest) => boolean,
): void {
  app.addHook("onRequest", async (request) => {
    if (allowedHosts !== null && !isAllowedHost(request.headers.host, allowedHosts)) {
      throw new SluiceError({
        code: "request/unknown_host",
        publicMessage: "This controller does not answer to that Host.",
      });
    }
    if (!request.url.startsWith("/internal/") || isForAll(request)) return;
    refuseCaller(await identify(request.headers.authorization), isForNodes(request));
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(callersFault(error) ?? error, request.id);
    if (problem.status >= 500) logger.error({ err: error, url: request.url }, "an internal request failed");
    return reply.code(problem.status).type(problemContentType).send(JSON.stringify(problem));
  });
}

function refuseCaller(caller: Caller | null, isForNodes: boolean): void {
  if (caller === null) {
    throw new SluiceError({ code: "auth/required", publicMessage: "The cluster secret is missing or wrong." });
  }
  if (caller.kind === "cluster") return;
  if (caller.refusal !== null) throw new SluiceError({ code: "node/removed", publicMessage: caller.refusal });
  if (isForNodes) return;
  throw new SluiceError({ code: "auth/forbidden", publicMessage: "A node's credential does not reach this." });
}

/** What Fastify itself refuses (body too long, not JSON) is the caller's mistake, not an internal error. */
function callersFault(error: unknown): SluiceError | null {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return null;
  if (error.statusCode < 400 || error.statusCode >= 500) return null;
  const code = error.statusCode === 413 ? "request/too_large" : "request/invalid";
  return new SluiceError({ code, publicMessage: error.message, cause: error });
}
