import type { ApplicationSpecInput } from "@sluice/contracts";
import { expect, it } from "vitest";
import { standingIssues } from "./judged-issues.ts";

const spec = (change: object = {}): ApplicationSpecInput => ({
  name: "a",
  route_prefix: "/taken",
  deployments: [{ name: "server", runtime: "process", ...change }],
});
const issues = [
  { pointer: "#/route_prefix", detail: "Taken." },
  { pointer: "#/deployments/0/process", detail: "Needs a command." },
];
const details = (now: ApplicationSpecInput) =>
  standingIssues({ spec: spec(), issues }, now).map(({ detail }) => detail);

it("what was said of a field stands while the field does", () => {
  expect(details(spec({ num_replicas: 2 }))).toEqual(["Taken.", "Needs a command."]);
  expect(details(spec({ process: { command: ["node"] } }))).toEqual(["Taken."]);
  expect(details({ ...spec(), route_prefix: "/free" })).toEqual(["Needs a command."]);
});

it("nothing was said before the first answer; all of it stands for the very draft", () => {
  expect(standingIssues(null, spec())).toEqual([]);
  const judged = spec();
  expect(standingIssues({ spec: judged, issues }, judged)).toBe(issues);
});
