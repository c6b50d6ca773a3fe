import { describe, expect, it } from "vitest";
import { ApplicationSpec } from "@sluice/contracts";
import {
  draftOfSpec,
  draftOfUpload,
  nameOfFile,
  replaceSource,
  setFields,
  specOfDraft,
  withDescription,
} from "./draft.ts";
import type { DraftSource } from "./draft.ts";

const sha = "a".repeat(64);
const source: DraftSource = {
  sha256: sha,
  name: "My Model (2).onnx",
  kind: "onnx",
  sizeBytes: 10,
  description: null,
  describeError: null,
};

describe("the form of an uploaded model", () => {
  it("can be deployed as it stands", () => {
    const { spec, issues } = specOfDraft(draftOfUpload(source));
    expect(issues).toEqual([]);
    expect(ApplicationSpec.safeParse(spec).success).toBe(true);
    expect(spec).toEqual({
      name: "my-model-2",
      route_prefix: "/my-model-2",
      deployments: [
        {
          name: "model",
          runtime: "onnx",
          model: `bundle:${sha}`,
          num_replicas: 1,
          ray_actor_options: { num_cpus: 0.25 },
        },
      ],
    });
  });

  it("names an unreadable field by its pointer and keeps the typed text", () => {
    const draft = setFields(draftOfUpload(source), 0, { num_replicas: "two", "ray_actor_options.memory": "lots" });
    const { issues, spec } = specOfDraft(draft);
    expect(issues.map((issue) => issue.pointer)).toEqual([
      "#/deployments/0/num_replicas",
      "#/deployments/0/ray_actor_options/memory",
    ]);
    expect(spec.deployments?.[0]?.num_replicas).toBe("two");
  });

  it("leaves an emptied field out of the spec, so that the default holds", () => {
    const { spec } = specOfDraft(setFields(draftOfUpload(source), 0, { num_replicas: " " }));
    expect(spec.deployments?.[0]).not.toHaveProperty("num_replicas");
  });

  it("keeps what was typed when the model is replaced", () => {
    const draft = setFields(draftOfUpload(source), 0, { num_replicas: "3" });
    const { spec } = specOfDraft(replaceSource(draft, { ...source, sha256: "b".repeat(64) }));
    expect(spec.deployments?.[0]).toMatchObject({ num_replicas: 3, model: `bundle:${"b".repeat(64)}` });
  });
});

describe("a spec in the form", () => {
  it("comes out as it went in, with every option set", () => {
    const spec = ApplicationSpec.parse({
      name: "chat",
      route_prefix: null,
      import_path: "app:app",
      runtime_env: { working_dir: `bundle:${sha}`, env_vars: { A: "1" } },
      args: { greeting: "hi" },
      deployments: [
        {
          name: "Chat",
          num_replicas: 2,
          max_ongoing_requests: 8,
          max_queued_requests: -1,
          user_config: { threshold: 0.5 },
          health_check_period_s: 5,
          max_replicas_per_node: null,
          ray_actor_options: { num_cpus: 0.5, num_gpus: 1, memory: 268_435_456, resources: { camera: 1 } },
        },
      ],
    });
    const out = specOfDraft(draftOfSpec(spec, { ...source, kind: "zip" }));
    expect(out.issues).toEqual([]);
    expect(ApplicationSpec.parse(out.spec)).toEqual(spec);
  });

  it("comes out as it went in: how a model runs", () => {
    const spec = ApplicationSpec.parse({
      name: "digits",
      route_prefix: "/digits",
      deployments: [
        {
          name: "classifier",
          runtime: "onnx",
          model: `bundle:${sha}`,
          batching: { max_batch_size: 16, batch_wait_timeout_s: 0.002, target_p99_ms: 20 },
          execution_providers: ["cuda", "cpu"],
        },
      ],
    });
    const draft = draftOfSpec(spec, source);
    expect(draft.deployments[0]?.fields["execution_providers"]).toBe("cuda, cpu");
    expect(ApplicationSpec.parse(specOfDraft(draft).spec)).toEqual(spec);
    // Typed, with the comma of the next one.
    const typed = specOfDraft(setFields(draft, 0, { execution_providers: "[cuda], " })).spec;
    expect(typed.deployments?.[0]?.execution_providers).toEqual(["cuda"]);
    expect(specOfDraft(setFields(draft, 0, { execution_providers: "cpu, " })).spec.deployments?.[0]).toMatchObject({
      execution_providers: ["cpu"],
    });
  });

  it("lists the deployments that the code declares once they are known", () => {
    const draft = withDescription(
      draftOfUpload({ ...source, kind: "zip", name: "hello.zip" }),
      { ingress: "Hello", deployments: [{ options: { name: "Hello" }, outbound: [], methods: ["fetch"] }] },
      null,
    );
    expect(specOfDraft(draft).spec.deployments).toEqual([{ name: "Hello" }]);
  });
});

it.each([
  ["digits-cnn.onnx", "digits-cnn"],
  ["Übung.onnx", "bung"],
  ["---.zip", "model"],
  ["a".repeat(80), "a".repeat(63)],
])("makes an allowed name of %s", (file, name) => expect(nameOfFile(file)).toBe(name));
