import { expect, it } from "vitest";
import { ControllerAddress, isSafeAddress } from "./controller-address.ts";

it("goes through the addresses in turn, and to the leader that a standby names until it fails", () => {
  const address = new ControllerAddress(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
  expect(address.current).toBe("http://127.0.0.1:1");
  address.failed();
  expect(address.current).toBe("http://127.0.0.1:2");
  address.follow("http://127.0.0.1:3/");
  expect(address.current).toBe("http://127.0.0.1:3");
  address.failed();
  expect(address.current).toBe("http://127.0.0.1:2");
  address.failed();
  expect(address.current).toBe("http://127.0.0.1:1");
});

it("follows nobody to a place where the credential would be less safe", () => {
  const address = new ControllerAddress(["https://a:1", "https://b:1"]);
  address.follow("http://127.0.0.1:8266");
  expect(address.current).toBe("https://b:1");
  address.follow("https://c:1");
  expect(address.current).toBe("https://c:1");
  const local = new ControllerAddress(["http://127.0.0.1:1"]);
  local.follow("http://10.0.0.9:8266");
  expect(local.current).toBe("http://127.0.0.1:1");
});

it("looks through the places that a leader told, too, without leaving the one it is at", () => {
  const address = new ControllerAddress(["https://a:1"]);
  expect(address.learn(["https://b:1/", "https://a:1", "http://127.0.0.1:1", "nonsense"])).toEqual([
    "https://b:1",
    "https://a:1",
  ]);
  expect(address.current).toBe("https://a:1");
  address.failed();
  expect(address.current).toBe("https://b:1");
  address.learn(["https://c:1", "https://b:1"]);
  expect(address.current).toBe("https://b:1");
  // What is told no longer is forgotten; what was given never is.
  address.learn([]);
  expect(address.current).toBe("https://a:1");
});

it("pauses once per round, and before it goes again to a leader that was not there", () => {
  const address = new ControllerAddress(["https://a:1", "https://b:1"]);
  expect([address.failed(), address.failed(), address.failed()]).toEqual(["at_once", "later", "at_once"]);
  expect(address.follow("https://c:1")).toBe("at_once");
  address.failed();
  expect(address.follow("https://c:1")).toBe("later");
  expect(address.current).toBe("https://c:1");
});

it.each([
  ["https://sluice.example.com:8267", true],
  ["http://localhost:8266", true],
  ["http://127.0.0.1:8266", true],
  ["http://[::1]:8266", true],
  ["http://10.0.0.5:8266", false],
  ["http://127.0.0.1.example.com", false],
  ["ftp://127.0.0.1", false],
  ["nonsense", false],
])("%s: safe for a secret = %s", (url, isSafe) => {
  expect(isSafeAddress(url)).toBe(isSafe);
});
