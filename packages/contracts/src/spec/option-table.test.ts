import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { deploymentOptionDocs } from "./option-docs.ts";
import { optionProofs } from "./option-proofs.ts";
import { printOptionTable } from "./option-table.ts";
import { rayOptions } from "./ray-options.ts";

// After a change of an option or of what is said of it: npx vitest run packages/contracts/src/spec/option-table.test.ts -u
it("the page of Ray's options is what the schemas say", async () => {
  await expect(printOptionTable()).toMatchFileSnapshot("../../OPTIONS.md");
});

it("names for every option a test that there is, by a title that stands in its file", () => {
  const root = new URL("../../../../", import.meta.url);
  const options = new Set([...rayOptions, ...deploymentOptionDocs].map(({ name }) => name));
  for (const block of ["ray_actor_options", "backpressure_config", "logging_config"]) options.delete(block);
  const isListed = (name: string): boolean => !name.startsWith("request_router_config.");
  expect(Object.keys(optionProofs).sort()).toEqual([...options].filter(isListed).sort());
  const texts = new Map<string, string>();
  const missing = Object.values(optionProofs)
    .flat()
    .filter(({ file, title }) => {
      const text = texts.get(file) ?? readFileSync(new URL(file, root), "utf8");
      texts.set(file, text);
      return !text.includes(JSON.stringify(title));
    });
  expect(missing).toEqual([]);
  for (const [name, proofs] of Object.entries(optionProofs)) expect(proofs.length, name).toBeGreaterThan(0);
});
