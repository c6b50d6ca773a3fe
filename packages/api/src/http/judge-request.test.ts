import { describe, expect, it } from "vitest";
import { judgeRequest } from "./judge-request.ts";
import type { RequestHead } from "./judge-request.ts";

const hosts = ["localhost", "127.0.0.1", "::1"];
const head = (given: Partial<RequestHead>): RequestHead => ({
  method: "GET",
  host: "localhost:8265",
  origin: undefined,
  fetchSite: undefined,
  contentType: undefined,
  authorization: undefined,
  ...given,
});
const json = { method: "PUT", contentType: "application/json" };

describe("judgeRequest", () => {
  it.each([
    ["a read without Origin", {}],
    ["a read of our own page", { origin: "http://localhost:8265", fetchSite: "same-origin" }],
    ["a link from another site", { fetchSite: "cross-site" }],
    ["a JSON change of a program", json],
    ["a YAML change of a program", { method: "PUT", contentType: "application/yaml; charset=utf-8" }],
    ["an upload of our own page", { method: "POST", contentType: "application/zip", origin: "http://localhost:8265" }],
    ["a delete without a body", { method: "DELETE" }],
    ["our own page behind TLS", { ...json, host: "localhost", origin: "https://localhost" }],
    [
      "a change with a key, whatever its type",
      { method: "POST", contentType: "text/plain", authorization: "Bearer k" },
    ],
    ["IPv6 loopback", { ...json, host: "[::1]:8265", origin: "http://[::1]:8265" }],
  ])("lets in %s", (_, given) => {
    expect(judgeRequest(head(given), hosts)).toBe(null);
  });

  it.each([
    ["a rebound name", { host: "evil.example:8265" }, "request/unknown_host"],
    ["a rebound name even with a key", { host: "evil.example", authorization: "Bearer k" }, "request/unknown_host"],
    ["no Host at all", { host: undefined }, "request/unknown_host"],
    ["a read of a foreign page", { origin: "https://evil.example" }, "request/foreign_origin"],
    ["a change of a foreign page", { ...json, origin: "https://evil.example" }, "request/foreign_origin"],
    ["a change of a sandboxed page", { ...json, origin: "null" }, "request/foreign_origin"],
    ["a page on another port", { ...json, origin: "http://localhost:3000" }, "request/foreign_origin"],
    ["a cross-site change without Origin", { ...json, fetchSite: "cross-site" }, "request/foreign_origin"],
    ["a form post", { method: "POST", contentType: "application/x-www-form-urlencoded" }, "request/foreign_origin"],
    ["a text post", { method: "POST", contentType: "text/plain;charset=UTF-8" }, "request/foreign_origin"],
    ["a post without a type", { method: "POST" }, "request/foreign_origin"],
  ])("refuses %s", (_, given, code) => {
    expect(judgeRequest(head(given), hosts)?.code).toBe(code);
  });
});
