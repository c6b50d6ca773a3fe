import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ApplicationSpec } from "@sluice/contracts";
import type { ApplicationSpecInput } from "@sluice/contracts";
import { specToConfigFile, specToYaml, tokenizeYaml } from "./spec-yaml.ts";

const model = `bundle:${"a".repeat(64)}`;
const spec: ApplicationSpecInput = {
  name: "digits",
  route_prefix: "/digits",
  deployments: [{ name: "classifier", runtime: "onnx", model, num_replicas: 1, ray_actor_options: { num_cpus: 0.25 } }],
};

describe("the YAML beside the form", () => {
  it("is what a person would write", () => {
    expect(specToYaml(ApplicationSpec.parse(spec))).toBe(
      [
        "name: digits",
        "route_prefix: /digits",
        "deployments:",
        "- name: classifier",
        "  runtime: onnx",
        `  model: ${model}`,
        "  num_replicas: 1",
        "  ray_actor_options:",
        "    num_cpus: 0.25",
        "",
      ].join("\n"),
    );
  });

  it("reads back as the same spec, strings that look like numbers included", () => {
    const odd: ApplicationSpecInput = {
      ...spec,
      name: "123",
      args: { a: "true", b: null, c: ["x: y", "#"] },
      route_prefix: null,
    };
    expect(ApplicationSpec.parse(parse(specToYaml(odd)))).toEqual(ApplicationSpec.parse(odd));
    expect(parse(specToConfigFile(spec))).toEqual({ applications: [spec] });
  });

  it("is coloured without a change of its text", () => {
    const text = specToYaml({ ...spec, args: { greeting: "a: b" } });
    const tokens = tokenizeYaml(text);
    expect(tokens.map((token) => token.text).join("")).toBe(text);
    expect(tokens.filter((token) => token.isKey).map((token) => token.text)).toContain("num_cpus");
  });
});
