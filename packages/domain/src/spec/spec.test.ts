import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import type { JsonLike } from "./canonical-json.ts";
import { diffSpecs } from "./diff.ts";
import { canTakeInPlace, hasUserConfig, reconfigureVersionInput, restartVersionInput } from "./version-input.ts";
import type { VersionedCode, VersionedDeployment } from "./version-input.ts";

const jsonValue = fc.jsonValue() as fc.Arbitrary<JsonLike>;

function reversed(value: JsonLike): JsonLike {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return (value as readonly JsonLike[]).map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member ?? null)]),
  );
}

describe("canonicalJson", () => {
  it("does not depend on the order of keys and still means the same", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("leaves undefined members out", () => {
    expect(canonicalJson({ b: 1, a: undefined, c: [null, "x"] })).toBe('{"b":1,"c":[null,"x"]}');
  });
});

describe("version inputs", () => {
  const code: VersionedCode = { bundle: "b1", importPath: "app:app", args: {}, envVars: {} };
  const deployment: VersionedDeployment & { num_replicas: number; max_queued_requests: number } = {
    name: "d",
    runtime: "node",
    max_ongoing_requests: 5,
    user_config: { a: 1 },
    health_check_period_s: 10,
    health_check_timeout_s: 30,
    graceful_shutdown_wait_loop_s: 2,
    graceful_shutdown_timeout_s: 20,
    max_replicas_per_node: null,
    ray_actor_options: { num_cpus: 1, num_gpus: 0, memory: 0, resources: {} },
    num_replicas: 1,
    max_queued_requests: -1,
  };
  const texts = (c: VersionedCode, d: VersionedDeployment) => [restartVersionInput(c, d), reconfigureVersionInput(d)];
  const [restart, reconfigure] = texts(code, deployment);

  it.each<[string, VersionedCode, VersionedDeployment]>([
    ["another bundle", { ...code, bundle: "b2" }, deployment],
    ["another import path", { ...code, importPath: "app:other" }, deployment],
    ["other arguments", { ...code, args: { x: 1 } }, deployment],
    ["another environment", { ...code, envVars: { A: "1" } }, deployment],
    ["another model", code, { ...deployment, model: "bundle:x" }],
    ["other resources", code, { ...deployment, ray_actor_options: { ...deployment.ray_actor_options, num_cpus: 2 } }],
    ["another limit per node", code, { ...deployment, max_replicas_per_node: 1 }],
  ])("%s needs new processes", (_name, otherCode, otherDeployment) => {
    const [otherRestart, otherReconfigure] = texts(otherCode, otherDeployment);
    expect(otherRestart).not.toBe(restart);
    expect(otherReconfigure).toBe(reconfigure);
  });

  it.each([
    { max_ongoing_requests: 6 },
    { user_config: { a: 2 } },
    { health_check_period_s: 1 },
    { health_check_timeout_s: 1 },
    { graceful_shutdown_wait_loop_s: 1 },
    { graceful_shutdown_timeout_s: 1 },
  ])("%j can be taken by a running process", (change) => {
    const [otherRestart, otherReconfigure] = texts(code, { ...deployment, ...change });
    expect(otherRestart).toBe(restart);
    expect(otherReconfigure).not.toBe(reconfigure);
  });

  it.each([{ user_config: undefined }, { user_config: null }])(
    "%j instead of a user_config is no other code",
    (change) => {
      const [otherRestart, otherReconfigure] = texts(code, { ...deployment, ...change });
      expect(otherRestart).toBe(restart);
      expect(otherReconfigure).not.toBe(reconfigure);
      expect([hasUserConfig({ ...deployment, ...change }), hasUserConfig(deployment)]).toEqual([false, true]);
    },
  );

  it.each([
    ["the first user_config", { version: "v", hasUserConfig: false }, { version: "v", hasUserConfig: true }, true],
    ["another user_config", { version: "v", hasUserConfig: true }, { version: "v", hasUserConfig: true }, true],
    ["no user_config, as before", { version: "v", hasUserConfig: false }, { version: "v", hasUserConfig: false }, true],
    ["no user_config any more", { version: "v", hasUserConfig: true }, { version: "v", hasUserConfig: false }, false],
    ["other code", { version: "v", hasUserConfig: true }, { version: "w", hasUserConfig: true }, false],
  ])("running replicas can take %s in place or not", (_what, before, after, isInPlace) => {
    expect(canTakeInPlace(before, after)).toBe(isInPlace);
  });

  it.each([{ num_replicas: 9 }, { max_queued_requests: 9 }])("%j changes nothing in a replica", (change) => {
    expect(texts(code, { ...deployment, ...change })).toEqual([restart, reconfigure]);
  });
});

describe("diffSpecs", () => {
  it("names each changed, added and removed field", () => {
    const before = { name: "a", route_prefix: "/a", args: { x: 1 } };
    const after = { name: "a", route_prefix: "/b", runtime_env: {} };
    expect(diffSpecs(before, after)).toEqual([
      { pointer: "#/route_prefix", before: "/a", after: "/b" },
      { pointer: "#/args", before: { x: 1 } },
      { pointer: "#/runtime_env", after: {} },
    ]);
  });

  it("matches deployments by name", () => {
    const before = { deployments: [{ name: "a", num_replicas: 1 }, { name: "gone" }] };
    const after = { deployments: [{ name: "new" }, { name: "a", num_replicas: 2 }] };
    expect(diffSpecs(before, after)).toEqual([
      { pointer: "#/deployments/0", after: { name: "new" } },
      { pointer: "#/deployments/1/num_replicas", before: 1, after: 2 },
      { pointer: "#/deployments/1", before: { name: "gone" } },
    ]);
  });

  it("compares other lists by position and escapes pointers", () => {
    expect(diffSpecs({ "a/b~c": [1, 2, 3] }, { "a/b~c": [1, 5] })).toEqual([
      { pointer: "#/a~1b~0c/1", before: 2, after: 5 },
      { pointer: "#/a~1b~0c/2", before: 3 },
    ]);
  });

  it("is empty exactly for equal values", () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, (a, b) => {
        expect(diffSpecs(a, reversed(a))).toEqual([]);
        expect(diffSpecs(a, b).length === 0).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });
});
