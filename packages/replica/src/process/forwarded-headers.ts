/** The head of a request as the program gets it. Pure. */
import type { HeaderPairs, HttpRequestHead } from "@sluice/wire";

/** Fields that are about one connection, not about the request (RFC 9110 7.6.1), and `expect`, which the gateway has answered. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Fields that are written anew below. */
const rewritten: ReadonlySet<string> = new Set([
  "traceparent",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-prefix",
  "x-forwarded-proto",
  "x-request-id",
]);

/**
 * The client's fields without those of its connection, and what a program behind a proxy looks for: the client's address,
 * host, scheme and route prefix, the request id under which logs and metrics know the request, and the trace.
 */
export function planForwardedHeaders(head: HttpRequestHead): string[] {
  const pairs = endToEnd(head.headers, rewritten);
  const given = (name: string): string => valueOf(head.headers, name) ?? "";
  const chain = [given("x-forwarded-for"), head.clientAddress].filter(Boolean).join(", ");
  if (chain !== "") pairs.push("x-forwarded-for", chain);
  const host = given("x-forwarded-host") || given("host");
  if (host !== "") pairs.push("x-forwarded-host", host);
  pairs.push("x-forwarded-proto", given("x-forwarded-proto") || "http");
  if (head.route !== "" && head.route !== "/") pairs.push("x-forwarded-prefix", head.route);
  if (head.requestId !== "") pairs.push("x-request-id", head.requestId);
  const traceparent = head.traceparent || given("traceparent");
  if (traceparent !== "") pairs.push("traceparent", traceparent);
  return pairs;
}

/** The fields of an answer without those of the program's connection. */
export function planAnswerHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const named = namedByConnection(asList(headers["connection"]));
  return Object.entries(headers).flatMap(([name, value]) =>
    hopByHop.has(name) || named.has(name) ? [] : asList(value).flatMap((one) => [name, one]),
  );
}

/** Path and query for the program: below the route prefix, unless it wants to see the prefix. */
export function planTarget({ target, route }: Pick<HttpRequestHead, "target" | "route">, keepsPrefix: boolean): string {
  if (keepsPrefix || route === "" || route === "/" || !target.startsWith(route)) return target;
  const below = target.slice(route.length);
  return below.startsWith("/") ? below : `/${below}`;
}

export function valueOf(pairs: HeaderPairs, name: string): string | undefined {
  for (let at = 0; at + 1 < pairs.length; at += 2) if (pairs[at]?.toLowerCase() === name) return pairs[at + 1];
  return undefined;
}

function endToEnd(pairs: HeaderPairs, without: ReadonlySet<string>): string[] {
  const named = namedByConnection(asList(valueOf(pairs, "connection")));
  const kept: string[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const name = (pairs[at] ?? "").toLowerCase();
    if (!hopByHop.has(name) && !named.has(name) && !without.has(name)) kept.push(name, pairs[at + 1] ?? "");
  }
  return kept;
}

/** `connection: close, x-mine` makes `x-mine` a field of the connection. */
function namedByConnection(values: readonly string[]): ReadonlySet<string> {
  return new Set(values.flatMap((value) => value.split(",")).map((name) => name.trim().toLowerCase()));
}

function asList(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
