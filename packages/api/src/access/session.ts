/**
 * The dashboard's session when an admin token is set: a cookie that proves its bearer once knew the token. Nothing is stored:
 * the cookie is `<expiry>.<nonce>.<hmac>` under a key derived from the token, so another token ends all sessions.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export const sessionCookie = "sluice_session";
const lifetimeMs = 7 * 86_400_000;

export function issueSession(adminToken: string, nowMs: number): string {
  const claim = `${nowMs + lifetimeMs}.${randomBytes(12).toString("base64url")}`;
  return `${claim}.${sign(adminToken, claim)}`;
}

export function isSessionValid(value: string, adminToken: string, nowMs: number): boolean {
  const [expiry = "", nonce = "", signature = "", ...rest] = value.split(".");
  if (rest.length > 0 || !/^\d{13,15}$/.test(expiry) || Number(expiry) <= nowMs) return false;
  return isEqualSecret(signature, sign(adminToken, `${expiry}.${nonce}`));
}

/** `Set-Cookie` of a fresh session. `Secure` only where the browser came over TLS, or it would be dropped. */
export function sessionCookieHeader(value: string, isTls: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict${isTls ? "; Secure" : ""}`;
  return `${sessionCookie}=${value}; Max-Age=${lifetimeMs / 1000}; ${flags}`;
}

export function endSessionCookieHeader(): string {
  return `${sessionCookie}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`;
}

export function readCookie(header: string | null, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const cut = part.indexOf("=");
    if (cut > 0 && part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim();
  }
  return null;
}

/** In constant time, whatever the lengths. */
export function isEqualSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function sign(adminToken: string, claim: string): string {
  return createHmac("sha256", digest(`sluice-session:${adminToken}`))
    .update(claim)
    .digest("base64url");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
