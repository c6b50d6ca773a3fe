import { problemContentType, problemOf } from "@sluice/contracts";

/** Any thrown value as `application/problem+json`. */
export function problemResponse(
  error: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const problem = problemOf(error, requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": problemContentType, "cache-control": "no-store", "x-request-id": requestId, ...headers },
  });
}
