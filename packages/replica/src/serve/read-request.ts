import { SluiceError } from "@sluice/contracts";
import { Encoding } from "@sluice/wire";
import type { HttpRequestHead } from "@sluice/wire";
import type { IncomingRequest } from "../runtime.ts";

/** Largest body that is read into memory as a whole. */
export const bodyLimitBytes = 256 * 1024 * 1024;

/** The JSON body of an HTTP request; undefined when there is none. Broken JSON is the caller's fault. */
export async function readJsonBody(request: IncomingRequest): Promise<unknown> {
  const body = await request.readBody(bodyLimitBytes);
  return body.length === 0 ? undefined : parseJson(body);
}

/** The arguments of a call. */
export async function readArguments(request: IncomingRequest): Promise<readonly unknown[]> {
  const { head } = request;
  if (head.kind !== "call" || head.encoding === Encoding.none) return [];
  if (head.encoding !== Encoding.json) {
    throw new SluiceError({ code: "request/invalid", publicMessage: "Calls carry their arguments as JSON." });
  }
  const body = await request.readBody(bodyLimitBytes);
  const parsed = body.length === 0 ? [] : parseJson(body);
  if (!Array.isArray(parsed)) {
    throw new SluiceError({ code: "request/invalid", publicMessage: "The arguments of a call are a JSON array." });
  }
  return parsed as readonly unknown[];
}

/** Path after the route prefix, without the query: "" or "/..." */
export function pathBelowRoute({ target, route }: HttpRequestHead): string {
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  return route !== "/" && path.startsWith(route) ? path.slice(route.length) : path;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : "not JSON";
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: `The body is not valid JSON: ${why}`,
      cause: error,
    });
  }
}
