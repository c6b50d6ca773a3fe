import { expect, it } from "vitest";
import { ApplicationSpec } from "@sluice/contracts";
import { catalogue } from "@sluice/examples";
import { pickSample } from "./sample-request.ts";

const specOf = (id: string, change: object = {}) =>
  ApplicationSpec.parse({ ...catalogue.find((example) => example.id === id)?.spec("a".repeat(64)), ...change });
const described = (ingress: string) => ({ ingress, deployments: [] });

it("knows an application by its program and what answers, whatever its name, route and bundle are", () => {
  const spec = specOf("pipeline", { name: "mine", route_prefix: "/mine" });
  expect(pickSample({ spec, description: described("Analyze") })?.body).toContain('"text"');
  const python = specOf("python-stdlib");
  expect(pickSample({ spec: python, description: described("classifier") })?.body).toContain('"pixels"');
});

it("takes no other application for one of the examples", () => {
  expect(pickSample({ spec: specOf("pipeline"), description: described("Other") })).toBeUndefined();
  expect(pickSample({ spec: specOf("pipeline"), description: null })).toBeUndefined();
  expect(pickSample({ spec: specOf("digits"), description: described("classifier") })).toBeUndefined();
  const other = specOf("python-stdlib", {
    deployments: [{ name: "classifier", runtime: "process", process: { command: ["python3", "other.py"] } }],
  });
  expect(pickSample({ spec: other, description: described("classifier") })).toBeUndefined();
});
