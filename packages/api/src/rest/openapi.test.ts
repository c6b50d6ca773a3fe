import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ApplicationSpec } from "@sluice/contracts";
import { answerExamples } from "./examples/example-answers.ts";
import { bodyExamples } from "./examples/example-requests.ts";
import { cnnSha, description, logregSha, resolved, specInput, specYaml } from "./examples/example-spec.ts";
import { namedSchemas } from "./named-schemas.ts";
import { buildOpenApi } from "./openapi.ts";
import { restOperations } from "./operations.ts";

interface Media {
  readonly example?: unknown;
}
interface Call {
  readonly security?: readonly object[];
  readonly parameters: readonly { readonly in: string; readonly name: string; readonly example?: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface Document {
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Call>>>>;
}

const build = (needsToken: boolean) =>
  JSON.parse(JSON.stringify(buildOpenApi({ version: "1.2.3", needsToken }))) as Document;
const callsOf = (document: Document): [string, Call][] =>
  Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, call]): [string, Call] => [`${method.toUpperCase()} ${route}`, call]),
  );

describe("the examples of the OpenAPI document", () => {
  it("stand at every answer and every JSON or YAML body, and each path parameter has one", () => {
    const missing = callsOf(build(false)).flatMap(([name, call]) => [
      ...Object.entries(call.requestBody?.content ?? {})
        .filter(([type, media]) => /json|yaml/.test(type) && media.example === undefined)
        .map(([type]) => `${name} takes ${type}`),
      ...Object.entries(call.responses).flatMap(([status, answer]) =>
        Object.entries(answer.content ?? {})
          .filter(([, media]) => media.example === undefined)
          .map(([type]) => `${name} answers ${status} ${type}`),
      ),
      ...call.parameters
        .filter((parameter) => parameter.in === "path" && parameter.example === undefined)
        .map((parameter) => `${name} {${parameter.name}}`),
    ]);
    expect(missing).toEqual([]);
  });

  it.each(Object.keys(namedSchemas))("%s is what its schema says", (name) => {
    const example = answerExamples[name];
    expect(namedSchemas[name]?.parse(example)).toEqual(example);
  });

  it.each(restOperations.flatMap(({ id, body }) => (body === null || body.kind === "bytes" ? [] : [{ id, body }])))(
    "the body of $id would be taken",
    ({ id, body }) => {
      expect(body.schema.safeParse(bodyExamples[id]).error).toBeUndefined();
    },
  );

  it("are about the models that come with Sluice", () => {
    const shaOf = (file: string): string =>
      createHash("sha256")
        .update(readFileSync(path.join(import.meta.dirname, "../../../examples/digits", file)))
        .digest("hex");
    expect([shaOf("digits-logreg.onnx"), shaOf("digits-cnn.onnx")]).toEqual([logregSha, cnnSha]);
    expect(resolved).toHaveLength(description.deployments.length);
    expect(parse(specYaml)).toEqual(specInput);
    expect(ApplicationSpec.safeParse(specInput).success).toBe(true);
  });

  it("are the same at every start", () => {
    expect(build(false)).toEqual(build(false));
  });
});

describe("locks on calls", () => {
  it("are there only where the installation asks for a token", () => {
    const open = build(false);
    expect(open.security).toBeUndefined();
    expect(callsOf(open).filter(([, call]) => call.security !== undefined)).toEqual([]);
  });

  it("are on all calls but those that answer everybody", () => {
    const locked = build(true);
    expect(locked.security).toEqual([{ token: [] }]);
    const unlocked = callsOf(locked).filter(([, call]) => call.security !== undefined);
    expect(unlocked.map(([name, call]) => [name, call.security])).toEqual([["GET /healthz", []]]);
  });
});
