import { describe, expect, expectTypeOf, it } from "vitest";
import { deployment, describeApplication, onnx } from "./index.ts";
import type { Application, DeploymentHandle, ModelOutput, OnnxModel } from "./index.ts";

class Classifier {
  readonly model: DeploymentHandle<OnnxModel>;
  constructor(model: DeploymentHandle<OnnxModel>) {
    this.model = model;
  }
  async call(pixels: number[]): Promise<ModelOutput | undefined> {
    const outputs = await this.model.predict({ pixels: new Float32Array(pixels) });
    expectTypeOf(outputs).toEqualTypeOf<Readonly<Record<string, ModelOutput>>>();
    // @ts-expect-error a model takes values, not functions
    void (() => this.model.predict({ pixels: () => 1 }));
    return outputs["probabilities"];
  }
}

describe("onnx()", () => {
  it("stands in the graph where a bound class would, as a deployment of the runtime onnx named after its file", () => {
    const model = onnx("models/digits cnn.onnx", { rayActorOptions: { numCpus: 0.25 } });
    expectTypeOf(model).toEqualTypeOf<Application<OnnxModel>>();
    const { deployments, ingress } = describeApplication(deployment(Classifier).bind(model));
    expect(ingress).toBe("Classifier");
    expect(deployments).toMatchObject([
      {
        options: { name: "digits-cnn", runtime: "onnx", ray_actor_options: { num_cpus: 0.25 } },
        outbound: [],
        modelFile: "models/digits cnn.onnx",
      },
      { options: { name: "Classifier", runtime: "node" }, outbound: ["digits-cnn"] },
    ]);
  });

  it("says how its replicas batch and on what they run, which code cannot", () => {
    const model = onnx("m.onnx", {
      batching: { maxBatchSize: 16, batchWaitTimeoutS: 0.002, targetP99Ms: 20 },
      executionProviders: ["cuda", "cpu"],
    });
    const { deployments } = describeApplication(deployment(Classifier).bind(model));
    expect(deployments[0]?.options).toMatchObject({
      batching: { max_batch_size: 16, batch_wait_timeout_s: 0.002, target_p99_ms: 20 },
      execution_providers: ["cuda", "cpu"],
    });
    expect(() =>
      describeApplication(deployment(Classifier).bind(onnx("m.onnx", { batching: { maxBatchSize: 0 } }))),
    ).toThrow(/Options of deployment m: batching.maxBatchSize: At least 1/);
    // @ts-expect-error no node has such a provider
    const unknown = onnx("m.onnx", { executionProviders: ["kuda"] });
    expect(() => describeApplication(deployment(Classifier).bind(unknown))).toThrow(
      /Options of deployment m: executionProviders.0: .*"kuda"/,
    );
    // @ts-expect-error code has no batching of its own
    const code = deployment(Classifier, { batching: { maxBatchSize: 2 } });
    expect(() => describeApplication(code.bind(model))).toThrow(/batching belongs to a model, onnx\(file\)/);
  });

  it("takes a name of its own, and two models of one file are two deployments", () => {
    class Two {
      readonly models: readonly DeploymentHandle<OnnxModel>[];
      constructor(models: readonly DeploymentHandle<OnnxModel>[]) {
        this.models = models;
      }
      call(): number {
        return this.models.length;
      }
    }
    const app = deployment(Two).bind([onnx("m.onnx", { name: "first" }), onnx("m.onnx"), onnx("m.onnx")]);
    const names = describeApplication(app).deployments.map(({ options }) => options.name);
    expect(names).toEqual(["first", "m", "m_1", "Two"]);
  });

  it.each(["/abs/m.onnx", "../m.onnx", "a/../../m.onnx", "m.pt", "", "a\\m.onnx"])("refuses the path %j", (file) => {
    expect(() => onnx(file)).toThrow(/\.onnx file inside the bundle/);
  });
});
