import { SluiceError } from "@sluice/contracts";

/**
 * Path and query at the gateway for a path below an application's route prefix. Dot segments, also encoded ones, are resolved
 * as a browser would; what then lies outside the prefix, or in the gateway's own `/-/`, is refused. Pure.
 */
export function confinePath(routePrefix: string, path: string): string {
  const base = routePrefix === "/" ? "" : routePrefix;
  const joined = path === "" || path.startsWith("/") || path.startsWith("?") ? `${base}${path}` : `${base}/${path}`;
  const text = `http://gateway${joined === "" || joined.startsWith("?") ? `/${joined}` : joined}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.host !== "gateway" || !isBelow(url.pathname, base) || isGatewaysOwn(url.pathname)) {
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: `The path leaves the application's route prefix \`${routePrefix}\`.`,
      issues: [{ pointer: "#/path", detail: `A path below \`${routePrefix}\`, without \`..\`.` }],
    });
  }
  return `${url.pathname}${url.search}`;
}

function isBelow(pathname: string, base: string): boolean {
  return pathname === base || pathname.startsWith(`${base}/`);
}

function isGatewaysOwn(pathname: string): boolean {
  return /^\/+-(?:\/|$)/.test(pathname);
}
