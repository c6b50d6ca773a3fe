import { z } from "zod";
import { expect, test } from "vitest";
import { commonEnvironment, flag, parseEnvironment } from "./environment.ts";

test("defaults fill an empty environment", () => {
  expect(parseEnvironment(commonEnvironment, {})).toEqual({
    SLUICE_LOG_LEVEL: "info",
    SLUICE_LOG_FORMAT: "json",
    SLUICE_ALLOWED_HOSTS: [],
  });
});

test("a wrong setting is named in one line", () => {
  expect(() =>
    parseEnvironment({ ...commonEnvironment, PORT: z.coerce.number() }, { SLUICE_LOG_LEVEL: "loud", PORT: "x" }),
  ).toThrow(/^Wrong settings in the environment\. SLUICE_LOG_LEVEL: .* PORT: [^\n]*$/);
});

test.each([
  ["1", true],
  ["TRUE", true],
  ["0", false],
  ["", false],
])("flag %s is %s", (text, wanted) => {
  expect(flag.parse(text)).toBe(wanted);
});

test("a setting without default that is absent must be set", () => {
  expect(() => parseEnvironment({ FILE: z.string() }, {})).toThrow("FILE: must be set.");
});
