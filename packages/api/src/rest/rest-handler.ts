/** The REST door: finds the operation, reads what came, calls it, and answers problems as problem+json. */
import type { z } from "zod";
import { isSluiceError, SluiceError } from "@sluice/contracts";
import type { Db } from "@sluice/db";
import type { Authenticator } from "../access/authenticate.ts";
import { localAdmin } from "../access/principal.ts";
import type { Principal } from "../access/principal.ts";
import { problemResponse } from "../http/problem-response.ts";
import { requestIdOf } from "../http/request-id.ts";
import { issuesOfZodError } from "../spec/zod-issues.ts";
import type { ApiUseCases } from "../use-cases/api-use-cases.ts";
import { runOnce } from "./idempotency.ts";
import { matchOperation } from "./match-operation.ts";
import { buildOpenApi } from "./openapi.ts";
import { isRepeatable } from "./operation.ts";
import type { CallContext, Operation, RestAnswer } from "./operation.ts";
import { restOperations } from "./operations.ts";
import { readBody } from "./read-body.ts";

export interface RestHandlerOptions {
  readonly api: ApiUseCases;
  readonly db: Db;
  readonly projectId: string;
  readonly authenticator: Authenticator;
  readonly version: string;
  readonly newId: () => string;
  /** Told of every failure that is our own, with the request id that its caller saw. */
  readonly onFailure: (error: unknown, requestId: string) => void;
}

export const restPrefix = "/api/v1";

export function createRestHandler(options: RestHandlerOptions): (request: Request) => Promise<Response> {
  const openApi = JSON.stringify(
    buildOpenApi({ version: options.version, needsToken: options.authenticator.needsCredential }),
  );
  return async (request) => {
    const requestId = requestIdOf(request.headers, options.newId);
    try {
      const url = new URL(request.url);
      const path = pathBelow(url.pathname);
      if (path === "/openapi.json" && (request.method === "GET" || request.method === "HEAD")) {
        return toResponse(
          { status: 200, text: { contentType: "application/json", content: openApi } },
          request,
          requestId,
        );
      }
      const match = matchOperation(restOperations, request.method, path);
      if (match.kind === "not_found")
        throw new SluiceError({
          code: "route/not_found",
          publicMessage: `There is no ${url.pathname} in this API. See ${restPrefix}/openapi.json.`,
        });
      if (match.kind === "method_not_allowed") return refuseMethod(request, match.allow, requestId);
      return toResponse(
        await call(options, request, url, requestId, match.operation, match.params),
        request,
        requestId,
      );
    } catch (error) {
      if (!isSluiceError(error) || error.status >= 500) options.onFailure(error, requestId);
      return problemResponse(error, requestId, headersOfProblem(error));
    }
  };
}

/** Path below the prefix, without a slash at its end; "" for anything outside, which matches nothing. */
function pathBelow(pathname: string): string {
  return pathname.startsWith(`${restPrefix}/`) ? pathname.slice(restPrefix.length).replace(/\/$/, "") : "";
}

async function call(
  options: RestHandlerOptions,
  request: Request,
  url: URL,
  requestId: string,
  operation: Operation,
  rawParams: Readonly<Record<string, string>>,
): Promise<RestAnswer> {
  const principal: Principal = {
    ...(operation.isOpen ? localAdmin : await options.authenticator.authenticate(request.headers)),
    requestId,
  };
  const params = parsePart(operation.params, rawParams);
  const query = parsePart(operation.query, Object.fromEntries(url.searchParams));
  const { value, text } = await readBody(request, operation.body);
  const context: CallContext<unknown, unknown, unknown> = {
    api: options.api,
    principal,
    params,
    query,
    body: value,
    headers: request.headers,
    signal: request.signal,
    ifGeneration: readPrecondition(request.headers),
    url,
  };
  const run = (): Promise<RestAnswer> => operation.handle(context);
  const key = request.headers.get("idempotency-key");
  if (key === null || text === null || !isRepeatable(operation)) return await run();
  return await runOnce(
    options.db,
    {
      projectId: options.projectId,
      principal: principal.name,
      key,
      method: operation.method,
      path: `${url.pathname}${url.search}`,
      body: text,
    },
    run,
  );
}

function parsePart(schema: z.ZodObject | null, value: unknown): unknown {
  if (schema === null) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOfZodError(parsed.error);
  const publicMessage = issues.map((issue) => `${issue.pointer.slice(2)}: ${issue.detail}`).join(" ");
  throw new SluiceError({ code: "request/invalid", publicMessage, issues });
}

/** `If-Match: "7"` -> 7; `If-None-Match: *` -> 0, must not exist yet. */
export function readPrecondition(headers: Headers): number | undefined {
  if (headers.get("if-none-match")?.trim() === "*") return 0;
  const value = headers.get("if-match")?.trim();
  if (value === undefined || value === "*") return undefined;
  const generation = /^(?:W\/)?"?(\d{1,9})"?$/.exec(value)?.[1];
  if (generation !== undefined) return Number(generation);
  throw new SluiceError({
    code: "request/invalid",
    publicMessage: 'If-Match takes the ETag of the application, for example "7".',
  });
}

function toResponse(answer: RestAnswer, request: Request, requestId: string): Response {
  const headers = new Headers({ "cache-control": "no-store", "x-request-id": requestId, ...answer.headers });
  if (answer.stream !== undefined) {
    headers.set("content-type", answer.stream.contentType);
    headers.set("x-content-type-options", "nosniff");
    if (request.method !== "HEAD") return new Response(answer.stream.body, { status: answer.status, headers });
    void answer.stream.body.cancel();
    return new Response(null, { status: answer.status, headers });
  }
  const content = answer.text?.content ?? (answer.body === undefined ? null : JSON.stringify(answer.body));
  if (content !== null) headers.set("content-type", answer.text?.contentType ?? "application/json");
  return new Response(request.method === "HEAD" ? null : content, { status: answer.status, headers });
}

function refuseMethod(request: Request, allow: readonly string[], requestId: string): Response {
  const headers = { allow: [...allow, "OPTIONS"].join(", ") };
  if (request.method === "OPTIONS")
    return new Response(null, { status: 204, headers: { ...headers, "x-request-id": requestId } });
  const publicMessage = `${request.method} is not possible here. Allowed: ${allow.join(", ")}.`;
  return problemResponse(new SluiceError({ code: "request/method_not_allowed", publicMessage }), requestId, headers);
}

function headersOfProblem(error: unknown): Readonly<Record<string, string>> {
  if (!isSluiceError(error)) return {};
  if (error.code === "auth/required") return { "www-authenticate": "Bearer" };
  // The rest of the body is not read, so the connection cannot carry another request.
  return error.code === "request/too_large" ? { connection: "close" } : {};
}
