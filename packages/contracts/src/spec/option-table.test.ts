import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { printOptionTable } from "./option-table.ts";
import { rayOptions } from "./ray-options.ts";

// After a change of an option or of what is said of it: npx vitest run packages/contracts/src/spec/option-table.test.ts -u
it("the page of Ray's options is what the schemas say", async () => {
  await expect(printOptionTable()).toMatchFileSnapshot("../../OPTIONS.md");
});

it("names tests that there are", () => {
  const root = new URL("../../../../", import.meta.url);
  const named = new Set(rayOptions.flatMap(({ tests }) => tests));
  expect([...named].filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  for (const { name, tests } of rayOptions) expect(tests.length, name).toBeGreaterThan(0);
});
