import { expect, it } from "vitest";
import { placeIssues } from "./place-issues.ts";

const at = "#/deployments/0";
const fields = [
  "#/name",
  `${at}/num_replicas`,
  `${at}/process/command`,
  `${at}/process/env`,
  `${at}/execution_providers`,
];

it("puts an issue at its field, at the field around it, or at the first field of its block", () => {
  const issues = new Map([
    [`${at}/num_replicas`, "At least 1."],
    [`${at}/execution_providers/1`, "The name of a provider."],
    [`${at}/process`, "Needs a command."],
    [`${at}/process/env/PORT`, "Leave it out."],
    ["#/name", "Taken."],
  ]);
  const { atFields, others } = placeIssues(issues, fields);
  expect(Object.fromEntries(atFields)).toEqual({
    [`${at}/num_replicas`]: "At least 1.",
    [`${at}/execution_providers`]: "The name of a provider.",
    [`${at}/process/command`]: "Needs a command.",
    [`${at}/process/env`]: "Leave it out.",
    "#/name": "Taken.",
  });
  expect(others).toEqual([]);
});

it("keeps what no field can show, and the first of several at one field", () => {
  const issues = new Map([
    ["#/deployments/1", "One deployment only."],
    [at, "Twice the same name."],
    ["#/engine", "Only sluice."],
    [`${at}/execution_providers`, "Each provider once."],
    [`${at}/execution_providers/0`, "The name of a provider."],
  ]);
  const { atFields, others } = placeIssues(issues, fields);
  expect([...atFields.values()]).toEqual(["Each provider once."]);
  expect(others.map(([pointer]) => pointer)).toEqual(["#/deployments/1", at, "#/engine"]);
});
