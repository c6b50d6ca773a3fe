/**
 * Loopback is not safe by itself: any page in the user's browser can send requests there. This decides, before anything else
 * looks at a request, whether it may come in. Pure.
 *
 * - Host must be a name we answer to, or a page could rebind its own DNS name to loopback (421).
 * - An Origin must be our own (same host and port), unless the request carries a key, which a foreign page cannot add
 *   without a preflight that we never answer (403).
 * - A change without a key must have a content type that a plain HTML form or a "simple" cross-origin call cannot send (403).
 */
import { SluiceError } from "@sluice/contracts";
import { isAllowedHost } from "@sluice/observability";

export interface RequestHead {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Value of Sec-Fetch-Site: browsers set it, pages cannot. */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
}

const changing = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** Types that a page may send anywhere without asking first (the fetch standard's safelist), and no type at all. */
const simpleTypes = new Set(["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]);

/** The reason to refuse, or null. */
export function judgeRequest(head: RequestHead, allowedHosts: readonly string[]): SluiceError | null {
  if (!isAllowedHost(head.host, allowedHosts)) {
    return new SluiceError({
      code: "request/unknown_host",
      publicMessage: `This server does not answer to the host \`${head.host ?? ""}\`. List it in SLUICE_ALLOWED_HOSTS if it is meant to.`,
    });
  }
  if (hasKey(head.authorization)) return null;
  if (head.origin !== undefined && !isSameOrigin(head.origin, head.host)) return foreignOrigin(head.origin);
  if (!changing.has(head.method)) return null;
  if (head.fetchSite === "cross-site" || head.fetchSite === "same-site")
    return foreignOrigin(head.origin ?? "another site");
  const type = mediaType(head.contentType);
  if (head.method !== "DELETE" && simpleTypes.has(type)) {
    return new SluiceError({
      code: "request/foreign_origin",
      publicMessage: `A change needs a content type that no foreign page can send${type === "" ? "" : `, not \`${type}\``}: for example \`content-type: application/json\`. With a key (Authorization: Bearer ...) this is not asked.`,
    });
  }
  return null;
}

/** `application/json; charset=utf-8` -> `application/json` */
export function mediaType(contentType: string | null | undefined): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function hasKey(authorization: string | undefined): boolean {
  return /^bearer\s+\S/i.test(authorization ?? "");
}

/** Compared by host and port only: TLS may end in front of us. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin) || host === undefined) return false;
  const url = new URL(origin);
  const ours = `${url.protocol}//${host}`;
  return (
    (url.protocol === "http:" || url.protocol === "https:") && URL.canParse(ours) && new URL(ours).host === url.host
  );
}

function foreignOrigin(origin: string): SluiceError {
  return new SluiceError({
    code: "request/foreign_origin",
    publicMessage: `Requests from pages of another origin (${origin}) are refused. Programs use a key: Authorization: Bearer ...`,
  });
}
