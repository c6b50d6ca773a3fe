/**
 * Names a listener answers to. A page on another origin can make a browser connect to loopback under its own name (DNS
 * rebinding), but it cannot forge the Host header: so loopback names and the bound host are accepted, others only when
 * listed. `*` in `extra` accepts any.
 */
export function planAllowedHosts(boundHost: string, extra: readonly string[]): readonly string[] {
  const listed = extra.map((name) => normalise(name)).filter((name) => name !== "");
  const bound = normalise(boundHost);
  // A wildcard address is no name anybody may call us by.
  const boundNames = bound === "0.0.0.0" || bound === "::" || bound === "" ? [] : [bound];
  return [...new Set(["localhost", "127.0.0.1", "::1", ...boundNames, ...listed])];
}

/** True when the Host header (with or without port) names an entry of the list. A missing header is refused. */
export function isAllowedHost(hostHeader: string | undefined, allowList: readonly string[]): boolean {
  if (allowList.includes("*")) return true;
  if (hostHeader === undefined) return false;
  const name = hostNameOf(hostHeader);
  return name !== null && allowList.some((allowed) => normalise(allowed) === name);
}

function hostNameOf(header: string): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/@]+)(?::\d{1,5})?$/.exec(header.trim());
  return match?.[1] === undefined ? null : normalise(match[1]);
}

function normalise(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
