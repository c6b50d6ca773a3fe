import { expect, it } from "vitest";
import { nodesText } from "./nodes-text.ts";

it("counts every node that is there, and says how many are ready where not all are", () => {
  expect(nodesText(1, 2)).toBe("2 nodes, 1 ready");
  expect(nodesText(2, 2)).toBe("2 nodes");
  expect(nodesText(1, 1)).toBe("1 node");
});
