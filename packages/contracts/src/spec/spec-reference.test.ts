import { expect, it } from "vitest";
import { printSpecReference } from "./spec-reference.ts";

// After a change of a schema or of what is said of a field: npx vitest run packages/contracts/src/spec/spec-reference.test.ts -u
it("the page of all fields is what schemas and form say", async () => {
  await expect(printSpecReference()).toMatchFileSnapshot("../../APPLICATION-SPEC.md");
});

it("says of exactly the fields without which there is no spec that they are required", () => {
  const required = [...printSpecReference().matchAll(/^\| `([\w.]+)` .*\| \(required\) /gm)].map(([, name]) => name);
  expect(required).toEqual(["name", "name", "process.command"]);
});

it("has the sentence of each name that is refused", () => {
  const page = printSpecReference();
  expect(page).toMatch(/^\| `min_replicas` +\| Write it inside `autoscaling_config: \{min_replicas: \.\.\.\}`\. +\|$/m);
  expect(page).toMatch(/^\| `args`, `entrypoint` +\| Write program and arguments as one list in `command`\. +\|$/m);
});
