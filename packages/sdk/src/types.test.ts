import type { DeploymentSpec, RayActorOptions as RaySpec } from "@sluice/contracts";
import { expectTypeOf, it } from "vitest";
import { deployment } from "./index.ts";
import type { Application, DeploymentHandle, DeploymentOptions, RayActorOptions } from "./index.ts";

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;

class Model {
  predict(x: number): number {
    return x;
  }
  async embed(text: string): Promise<number[]> {
    return [text.length];
  }
  reconfigure(): void {}
}

class Ingress {
  readonly model: DeploymentHandle<Model>;
  readonly label: string;
  constructor(model: DeploymentHandle<Model>, label: string) {
    this.model = model;
    this.label = label;
  }
  fetch(): string {
    return this.label;
  }
}

it("offers every option of the spec in camelCase, and no other", () => {
  type FromSpec = Camel<Exclude<keyof DeploymentSpec, "runtime" | "model">>;
  expectTypeOf<keyof DeploymentOptions>().toEqualTypeOf<FromSpec>();
  expectTypeOf<keyof RayActorOptions>().toEqualTypeOf<Camel<keyof RaySpec>>();
});

it("lets a handle offer methods as promises, without hooks", () => {
  expectTypeOf<DeploymentHandle<Model>["predict"]>().toEqualTypeOf<(x: number) => Promise<number>>();
  expectTypeOf<DeploymentHandle<Model>["embed"]>().toEqualTypeOf<(text: string) => Promise<number[]>>();
  expectTypeOf<DeploymentHandle<Model>>().not.toHaveProperty("reconfigure");
});

it("types bind() by the constructor, with a bound deployment where a handle is wanted", () => {
  const bound = deployment(Ingress).bind(deployment(Model).bind(), "x");
  expectTypeOf(bound).toEqualTypeOf<Application<Ingress>>();
  // @ts-expect-error a plain string is not a bound deployment
  deployment(Ingress).bind("model", "x");
  // @ts-expect-error the label is missing
  deployment(Ingress).bind(deployment(Model).bind());
  // @ts-expect-error another class than the handle's
  deployment(Ingress).bind(deployment(Ingress).bind(deployment(Model).bind(), "y"), "x");
  // @ts-expect-error no such option
  deployment(Model, { numReplica: 1 });
});
