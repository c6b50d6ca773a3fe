import { initTRPC, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";
import superjson from "superjson";
import { isSluiceError, problemOf, SluiceError } from "@sluice/contracts";
import type { Principal } from "../access/principal.ts";
import { issuesOfZodError } from "../spec/zod-issues.ts";
import type { ApiUseCases } from "../use-cases/api-use-cases.ts";
import { ZodError } from "zod";

export interface ApiContext {
  readonly api: ApiUseCases;
  readonly principal: Principal;
  readonly requestId: string;
}

/** The SluiceError behind a tRPC error: the one thrown, or one made of the input's zod issues. */
function sluiceErrorOf(error: TRPCError): unknown {
  if (isSluiceError(error.cause)) return error.cause;
  if (error.code === "BAD_REQUEST") {
    const issues = error.cause instanceof ZodError ? issuesOfZodError(error.cause) : [];
    return new SluiceError({ code: "request/invalid", publicMessage: "The input of this call is not valid.", issues });
  }
  return error.cause;
}

const t = initTRPC.context<ApiContext>().create({
  transformer: superjson,
  sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 25_000 } },
  /** Clients read `error.data.problem`: the same body that REST answers with. */
  errorFormatter: ({ shape, error, ctx }) => {
    const problem = problemOf(sluiceErrorOf(error), ctx?.requestId);
    return { ...shape, message: problem.detail, data: { code: shape.data.code, httpStatus: problem.status, problem } };
  },
});

const codeByStatus: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  409: "CONFLICT",
  412: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  499: "CLIENT_CLOSED_REQUEST",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

export const router = t.router;

/** Every procedure: a SluiceError keeps its status on the wire instead of becoming a 500. */
export const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && isSluiceError(result.error.cause)) {
    const cause = result.error.cause;
    throw new TRPCError({
      code: codeByStatus[cause.status] ?? "INTERNAL_SERVER_ERROR",
      message: cause.publicMessage,
      cause,
    });
  }
  return result;
});
