import { BundleDescription } from "@sluice/contracts";
import { describe, expect, it } from "vitest";
import { buildApplication, deployment, describeApplication, graphOf, NodeReference } from "./index.ts";
import type { DeploymentHandle, DeploymentOptions } from "./index.ts";

class Model {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  predict(x: number): number {
    return x * 2;
  }
}

class Ingress {
  readonly parts: { models: DeploymentHandle<Model>[] };
  constructor(parts: { models: DeploymentHandle<Model>[] }) {
    this.parts = parts;
  }
  async call(x: number): Promise<number> {
    return (await this.parts.models[0]?.predict(x)) ?? 0;
  }
  reconfigure(): void {}
  _internal(): void {}
}

describe("describeApplication", () => {
  it("names every deployment, its options under Ray's names, its methods and its edges", () => {
    const app = deployment(Ingress, { rayActorOptions: { numCpus: 0.1 }, maxOngoingRequests: 8 }).bind({
      models: [deployment(Model, { name: "model", userConfig: { threshold: 0.5 } }).bind("a.bin")],
    });
    const description = describeApplication(app);
    expect(BundleDescription.parse(description)).toEqual({
      ingress: "Ingress",
      deployments: [
        {
          options: { name: "model", runtime: "node", user_config: { threshold: 0.5 } },
          outbound: [],
          methods: ["predict"],
          hooks: [],
        },
        {
          options: { name: "Ingress", runtime: "node", max_ongoing_requests: 8, ray_actor_options: { num_cpus: 0.1 } },
          outbound: ["model"],
          methods: ["call"],
          hooks: ["reconfigure"],
        },
      ],
    });
  });

  it("refuses an unknown option and a wrong value with the name the code uses", () => {
    const bad = { numReplica: 2 } as DeploymentOptions;
    expect(() => describeApplication(deployment(Ingress, bad).bind({ models: [] }))).toThrow(/numReplica/);
    const negative = deployment(Ingress, { rayActorOptions: { numCpus: -1 } }).bind({ models: [] });
    expect(() => describeApplication(negative)).toThrow(/rayActorOptions\.numCpus: At least 0/);
  });

  it("takes an object with fetch as it is, under the name of its class, and a class whose fetch is a field", () => {
    class Router {
      fetch = (): string => "x";
    }
    const described = describeApplication(deployment(new Router()).bind());
    expect(described).toMatchObject({ ingress: "Router", deployments: [{ methods: ["fetch"] }] });
    const plain = deployment({ fetch: () => "y" }, { numReplicas: 2 })
      .options({ name: "plain" })
      .bind();
    expect(describeApplication(plain).deployments[0]?.options).toMatchObject({ name: "plain", num_replicas: 2 });
    expect(describeApplication(deployment(Router).bind()).ingress).toBe("Router");
    expect(() => deployment({ fetc: 1 } as never)).toThrow(/an object with fetch/);
  });

  it("refuses an ingress that cannot answer HTTP", () => {
    expect(() => describeApplication(deployment(Model).bind("x"))).toThrow(
      /fetch\(request\), call\(input\) or websocket/,
    );
  });
});

describe("graphOf", () => {
  it("makes one node of a deployment bound once and used twice, and numbers different ones of the same name", () => {
    const one = deployment(Model).bind("one");
    const two = deployment(Model).bind("two");
    const graph = graphOf(deployment(Ingress).bind({ models: [one, two, one] }));
    expect(graph.nodes.map((node) => node.name)).toEqual(["Model", "Model_1", "Ingress"]);
    expect(graph.nodes[2]?.outbound).toEqual(["Model", "Model_1"]);
    expect(graph.nodes[2]?.args).toEqual([
      { models: [new NodeReference("Model"), new NodeReference("Model_1"), new NodeReference("Model")] },
    ]);
    expect(graph.nodes[0]?.args).toEqual(["one"]);
  });

  it("recognises values made by another copy of the SDK", async () => {
    const foreign = { [Symbol.for("sluice.sdk.application")]: { target: Ingress, options: {}, args: [] } };
    expect(graphOf(await buildApplication(foreign, {})).ingress).toBe("Ingress");
  });

  it("leaves class instances among the arguments as they are", () => {
    class Box {
      value = 1;
    }
    const box = new Box();
    class Holder {
      readonly box: Box;
      constructor(given: Box) {
        this.box = given;
      }
      call(): number {
        return this.box.value;
      }
    }
    expect(graphOf(deployment(Holder).bind(box)).nodes[0]?.args[0]).toBe(box);
  });
});

describe("buildApplication", () => {
  it("calls a builder with the args of the spec", async () => {
    const build = (args: Readonly<Record<string, unknown>>) => deployment(Model).bind(String(args["path"]));
    const app = await buildApplication(build, { path: "weights.bin" });
    expect(graphOf(app).nodes[0]?.args).toEqual(["weights.bin"]);
  });

  it("says what to export when it is something else", async () => {
    await expect(buildApplication(deployment(Model), {})).rejects.toThrow(/was not bound/);
    await expect(buildApplication(42, {})).rejects.toThrow(/must name a bound deployment/);
    await expect(buildApplication(() => 42, {})).rejects.toThrow(/must return a bound deployment/);
  });
});

describe("Deployment.options", () => {
  it("makes a copy and leaves the original alone", () => {
    const original = deployment(Ingress, { numReplicas: 1, maxOngoingRequests: 3 });
    const more = original.options({ numReplicas: 4 });
    expect(describeApplication(more.bind({ models: [] })).deployments[0]?.options).toMatchObject({
      num_replicas: 4,
      max_ongoing_requests: 3,
    });
    expect(describeApplication(original.bind({ models: [] })).deployments[0]?.options.num_replicas).toBe(1);
  });
});
