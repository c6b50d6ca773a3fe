import { expect, it } from "vitest";
import { confinePath } from "./confine-path.ts";

it.each([
  ["/digits", "", "/digits"],
  ["/digits", "/", "/digits/"],
  ["/digits", "predict?x=1", "/digits/predict?x=1"],
  ["/digits", "/a/../b", "/digits/b"],
  ["/digits", "?x=1", "/digits?x=1"],
  ["/", "", "/"],
  ["/", "hello", "/hello"],
  ["/digits", "//evil.example/x", "/digits//evil.example/x"],
])("keeps %s %j below the prefix", (prefix, path, expected) => {
  expect(confinePath(prefix, path)).toBe(expected);
});

it.each([
  ["/digits", "/../hello"],
  ["/digits", "/%2e%2e/hello"],
  ["/digits", "..\\hello"],
  ["/digits", "/../digits2"],
  ["/", "/-/metrics"],
  ["/", "//evil.example/x/../../-/metrics"],
])("refuses %s %j", (prefix, path) => {
  expect(() => confinePath(prefix, path)).toThrow(/route prefix/);
});
