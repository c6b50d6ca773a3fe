import { z } from "zod";
import { isSluiceError, SluiceError } from "@sluice/contracts";
import type { Authenticator } from "../access/authenticate.ts";
import { endSessionCookieHeader, isEqualSecret, issueSession, sessionCookieHeader } from "../access/session.ts";
import { mediaType } from "./judge-request.ts";
import { problemResponse } from "./problem-response.ts";
import { requestIdOf } from "./request-id.ts";

export interface SessionHandlerOptions {
  readonly authenticator: Authenticator;
  readonly adminToken: string | null;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A wrong token costs this long, so that guessing is slow. */
const wrongTokenDelayMs = 500;

/**
 * `GET /api/session` says whether a token is needed and whether the caller is in, `POST {"token"}` logs in, `DELETE` logs out.
 */
export function createSessionHandler(options: SessionHandlerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = requestIdOf(request.headers, options.newId);
    try {
      switch (request.method) {
        case "GET":
          return json(200, await describeSession(options, request), requestId);
        case "POST":
          return await logIn(options, request, requestId);
        case "DELETE":
          return new Response(null, {
            status: 204,
            headers: { "set-cookie": endSessionCookieHeader(), "x-request-id": requestId },
          });
        default:
          throw new SluiceError({ code: "request/method_not_allowed", publicMessage: "GET, POST or DELETE." });
      }
    } catch (error) {
      return problemResponse(
        error,
        requestId,
        request.method in allowed ? {} : { allow: Object.keys(allowed).join(", ") },
      );
    }
  };
}

const allowed = { GET: true, POST: true, DELETE: true };

async function describeSession(options: SessionHandlerOptions, request: Request): Promise<object> {
  const token_required = options.adminToken !== null;
  try {
    const { name, role } = await options.authenticator.authenticate(request.headers);
    return { token_required, authenticated: true, principal: { name, role } };
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "auth/required") throw error;
    return { token_required, authenticated: false, principal: null };
  }
}

async function logIn(options: SessionHandlerOptions, request: Request, requestId: string): Promise<Response> {
  if (mediaType(request.headers.get("content-type")) !== "application/json") {
    throw new SluiceError({ code: "request/unsupported_media_type", publicMessage: "Send `application/json`." });
  }
  const body = z.object({ token: z.string().max(1000) }).safeParse(await request.json().catch(() => null));
  if (!body.success) throw new SluiceError({ code: "request/invalid", publicMessage: 'The body is {"token": "..."}.' });
  if (options.adminToken === null) return json(200, await describeSession(options, request), requestId);
  if (!isEqualSecret(body.data.token, options.adminToken)) {
    await options.sleep(wrongTokenDelayMs);
    throw new SluiceError({ code: "auth/required", publicMessage: "This is not the admin token." });
  }
  const isTls = request.headers.get("x-forwarded-proto") === "https" || new URL(request.url).protocol === "https:";
  const cookie = sessionCookieHeader(issueSession(options.adminToken, options.nowMs()), isTls);
  const answer = { token_required: true, authenticated: true, principal: { name: "admin", role: "admin" } };
  return json(200, answer, requestId, { "set-cookie": cookie });
}

function json(status: number, body: object, requestId: string, headers: Record<string, string> = {}): Response {
  return Response.json(body, {
    status,
    headers: { "cache-control": "no-store", "x-request-id": requestId, ...headers },
  });
}
