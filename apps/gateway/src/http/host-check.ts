import { isAllowedHost } from "@sluice/observability";

/** Whether a Host header may be answered. They repeat from request to request: one that was allowed is not parsed again. */
export function createHostCheck(allowedHosts: readonly string[]): (host: string | undefined) => boolean {
  let lastAllowed: string | undefined;
  return (host) => {
    if (host !== undefined && host === lastAllowed) return true;
    if (!isAllowedHost(host, allowedHosts)) return false;
    lastAllowed = host;
    return true;
  };
}
