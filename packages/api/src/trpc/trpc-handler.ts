import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { isSluiceError } from "@sluice/contracts";
import type { Authenticator } from "../access/authenticate.ts";
import type { Principal } from "../access/principal.ts";
import { requestIdOf } from "../http/request-id.ts";
import type { ApiUseCases } from "../use-cases/api-use-cases.ts";
import { appRouter } from "./app-router.ts";

export interface TrpcHandlerOptions {
  readonly api: ApiUseCases;
  readonly authenticator: Authenticator;
  readonly newId: () => string;
  readonly onFailure: (error: unknown, requestId: string) => void;
}

export const trpcPrefix = "/api/trpc";

/** The dashboard's door over HTTP; subscriptions are server-sent events. */
export function createTrpcHandler(options: TrpcHandlerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = requestIdOf(request.headers, options.newId);
    const response = await fetchRequestHandler({
      endpoint: trpcPrefix,
      req: request,
      router: appRouter,
      createContext: async () => ({
        api: options.api,
        requestId,
        principal: { ...(await authenticate(options.authenticator, request.headers)), requestId },
      }),
      responseMeta: ({ info, errors }) =>
        info?.isBatchCall === true && errors.length > 0 && errors.every(isAnswer) ? { status: multiStatus } : {},
      onError: ({ error }) => {
        const cause: unknown = error.cause ?? error;
        if (isSluiceError(cause) ? cause.status >= 500 : error.code === "INTERNAL_SERVER_ERROR") {
          options.onFailure(cause, requestId);
        }
      },
    });
    response.headers.set("x-request-id", requestId);
    return response;
  };
}

/** Multi-Status: every call of the batch carries its own status inside. */
const multiStatus = 207;

/**
 * "No such application" or "this field is wrong" is an answer to one call, and says nothing about the batch: the status of
 * HTTP is left to those who may not ask at all and to failures of the server.
 */
function isAnswer(error: TRPCError): boolean {
  const { cause } = error;
  return isSluiceError(cause) && cause.status < 500 && cause.status !== 401 && cause.status !== 403;
}

async function authenticate(authenticator: Authenticator, headers: Headers): Promise<Principal> {
  try {
    return await authenticator.authenticate(headers);
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "auth/required") throw error;
    throw new TRPCError({ code: "UNAUTHORIZED", message: error.publicMessage, cause: error });
  }
}
