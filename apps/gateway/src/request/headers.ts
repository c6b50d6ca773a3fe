/** Headers that speak about one connection and are not passed on (RFC 9110 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Pairs of a request as the replica gets them. `raw` is Node's rawHeaders: name, value, name, value, ... */
export function forwardRequestHeaders(raw: readonly string[]): string[] {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    if (!hopByHop.has(name)) pairs.push(name, raw[index + 1] ?? "");
  }
  return pairs;
}

/**
 * Pairs of an answer as the client gets them: the replica's, then Sluice's own. `completeLength` is the body's length when all
 * of it is at hand, -1 otherwise: a known length saves the client chunked framing.
 */
export function answerHeaders(upstream: readonly string[], own: readonly string[], completeLength: number): string[] {
  const pairs: string[] = [];
  let hasLength = false;
  for (let index = 0; index + 1 < upstream.length; index += 2) {
    const name = (upstream[index] ?? "").toLowerCase();
    if (hopByHop.has(name)) continue;
    if (name === "content-length") hasLength = true;
    pairs.push(name, upstream[index + 1] ?? "");
  }
  if (!hasLength && completeLength >= 0) pairs.push("content-length", String(completeLength));
  for (const part of own) pairs.push(part);
  return pairs;
}
