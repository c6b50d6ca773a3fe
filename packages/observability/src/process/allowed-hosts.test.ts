import { expect, test } from "vitest";
import { isAllowedHost, planAllowedHosts } from "./allowed-hosts.ts";

const list = planAllowedHosts("192.168.1.5", ["sluice.example.org"]);

test.each([
  ["localhost:8265", true],
  ["LOCALHOST.", true],
  ["127.0.0.1", true],
  ["[::1]:8000", true],
  ["192.168.1.5:8000", true],
  ["sluice.example.org:443", true],
  ["evil.example.org", false],
  ["sluice.example.org.evil.com", false],
  ["localhost:80@evil.com", false],
  ["", false],
  [undefined, false],
])("Host %s is allowed: %s", (header, wanted) => {
  expect(isAllowedHost(header, list)).toBe(wanted);
});

test("a star allows any host, a wildcard bind address is no name", () => {
  expect(isAllowedHost("evil.example.org", planAllowedHosts("0.0.0.0", ["*"]))).toBe(true);
  expect(isAllowedHost("0.0.0.0", planAllowedHosts("0.0.0.0", []))).toBe(false);
});
