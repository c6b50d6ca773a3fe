import { describe, expect, it } from "vitest";
import { isSessionValid, issueSession, readCookie, sessionCookieHeader } from "./session.ts";

const nowMs = Date.UTC(2026, 0, 1);

describe("sessions", () => {
  const value = issueSession("the token", nowMs);

  it("hold for a week under the token they were issued with", () => {
    expect(isSessionValid(value, "the token", nowMs)).toBe(true);
    expect(isSessionValid(value, "the token", nowMs + 6.9 * 86_400_000)).toBe(true);
    expect(isSessionValid(value, "the token", nowMs + 7 * 86_400_000)).toBe(false);
    expect(isSessionValid(value, "another token", nowMs)).toBe(false);
  });

  it("cannot be prolonged or made up", () => {
    const [, nonce, signature] = value.split(".");
    expect(isSessionValid(`${nowMs * 2}.${nonce}.${signature}`, "the token", nowMs)).toBe(false);
    for (const made of ["", "..", "1.2.3", `${value}.x`, `${nowMs + 1000}..`]) {
      expect(isSessionValid(made, "the token", nowMs)).toBe(false);
    }
  });

  it("travel in a cookie that scripts and other sites do not get", () => {
    expect(sessionCookieHeader("v", false)).toMatch(/HttpOnly; SameSite=Strict$/);
    expect(sessionCookieHeader("v", true)).toMatch(/; Secure$/);
    expect(readCookie("a=1; sluice_session=x.y=z; b", "sluice_session")).toBe("x.y=z");
    expect(readCookie(null, "sluice_session")).toBe(null);
  });
});
