import { SluiceError } from "@sluice/contracts";
import { Encoding } from "@sluice/wire";
import type { HeaderPairs, HttpRequestHead } from "@sluice/wire";
import { BodyCollector } from "../handles/values/body-collector.ts";
import { decodeValue } from "../handles/values/value-codec.ts";
import type { IncomingRequest } from "../runtime.ts";
import { bodyLimitBytes } from "./body-limit.ts";

export { bodyLimitBytes };

/** The JSON body of an HTTP request; undefined when there is none. Broken JSON is the caller's fault. */
export async function readJsonBody(request: IncomingRequest): Promise<unknown> {
  const body = await request.readBody(bodyLimitBytes);
  return body.length === 0 ? undefined : parseJson(body);
}

/** The arguments of a call; at once when the whole body is there already, which saves a turn of the loop. */
export function readArguments(request: IncomingRequest): readonly unknown[] | Promise<readonly unknown[]> {
  const { head, wholeBody } = request;
  if (head.kind !== "call" || head.encoding === Encoding.none) return [];
  const { encoding, headers } = head;
  if (wholeBody !== undefined && headers.length === 0) return argumentsOf(encoding, wholeBody, []);
  return collectArguments(request, encoding, headers);
}

async function collectArguments(
  request: IncomingRequest,
  encoding: Encoding,
  headers: HeaderPairs,
): Promise<readonly unknown[]> {
  const collector = new BodyCollector(headers, bodyLimitBytes);
  for await (const piece of request.body) collector.push(piece);
  const { document, parts } = collector.finish();
  return argumentsOf(encoding, document, parts);
}

function argumentsOf(encoding: Encoding, document: Buffer, parts: Buffer[]): readonly unknown[] {
  let decoded: unknown;
  try {
    decoded = decodeValue(encoding, document, parts) ?? [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const publicMessage = `The arguments of the call cannot be read: ${why}`;
    throw new SluiceError({ code: "request/invalid", publicMessage, cause: error });
  }
  if (encoding === Encoding.bytes) return [decoded];
  if (!Array.isArray(decoded)) {
    throw new SluiceError({ code: "request/invalid", publicMessage: "The arguments of a call are an array." });
  }
  return decoded as readonly unknown[];
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
