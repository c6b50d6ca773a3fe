import { expect, it } from "vitest";
import { allWellText } from "./attention.ts";

it("says in the right number that all is well", () => {
  expect(allWellText(0)).toMatch(/Nothing is deployed/);
  expect(allWellText(1)).toBe("The application runs with every replica ready.");
  expect(allWellText(3)).toBe("All 3 applications run with every replica ready.");
});
