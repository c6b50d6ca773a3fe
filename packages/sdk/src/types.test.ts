import type { DeploymentSpec, RayActorOptions as RaySpec } from "@sluice/contracts";
import { expectTypeOf, it } from "vitest";
import { deployment } from "./index.ts";
import type { Application, DeploymentHandle, DeploymentOptions, RayActorOptions } from "./index.ts";

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;

class Model {
  predict(x: number): number {
    return x;
  }
  async *tokens(prompt: string): AsyncGenerator<string> {
    yield prompt;
  }
  *pieces(): Generator<number> {
    yield 1;
  }
  async later(): Promise<AsyncIterable<Uint8Array>> {
    return new ReadableStream<Uint8Array>();
  }
  combine(left: number, right: { score: number }, rest: readonly string[]): boolean {
    return left > right.score && rest.length > 0;
  }
  label(kind: "a" | "b", isSure?: boolean): "a" | "b" {
    return isSure === true ? kind : "a";
  }
  infer(input: Float32Array): Float32Array {
    return input;
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
  // Of models and programs: classes have none.
  type OtherRuntimes = "runtime" | "model" | "process" | "batching" | "execution_providers";
  // Names of older releases are for files that exist.
  type OldNames = "max_concurrent_queries";
  type FromSpec = Camel<Exclude<keyof DeploymentSpec, OtherRuntimes | OldNames>>;
  expectTypeOf<keyof DeploymentOptions>().toEqualTypeOf<FromSpec>();
  expectTypeOf<keyof RayActorOptions>().toEqualTypeOf<Camel<keyof RaySpec>>();
});

it("lets a handle offer methods as promises, without hooks", () => {
  expectTypeOf<DeploymentHandle<Model>["predict"]>().toBeCallableWith(1);
  expectTypeOf<DeploymentHandle<Model>["predict"]>().returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf<DeploymentHandle<Model>["embed"]>().returns.toEqualTypeOf<Promise<number[]>>();
  expectTypeOf<DeploymentHandle<Model>["infer"]>().returns.toEqualTypeOf<Promise<Float32Array>>();
  expectTypeOf<DeploymentHandle<Model>>().not.toHaveProperty("reconfigure");
});

/** Never run: what the compiler says about calls is the test. */
export function callsAsTheCompilerSeesThem(model: DeploymentHandle<Model>): void {
  // @ts-expect-error a wrong argument
  void model.predict("1");
  // @ts-expect-error an argument too many
  void model.predict(1, 2);
  // @ts-expect-error an argument is missing
  void model.predict();
  // @ts-expect-error no such method
  void model.predicts(1);
  // @ts-expect-error a promise of another type
  void model.predict(model.embed("x"));
  // @ts-expect-error a stream is no argument
  void model.embed(model.tokens("x"));
  // @ts-expect-error not one of the words
  void model.label("c");
  // @ts-expect-error a plain array is no Float32Array
  void model.infer([1, 2]);
  // The promise of a call goes into the next one unawaited, also inside an array or an object.
  void model.predict(model.predict(1));
  void model.combine(model.predict(1), { score: model.predict(2) }, ["x"]);
  void model.label(Promise.resolve("a" as const), model.combine(1, { score: 2 }, [model.label("a")]));
  // @ts-expect-error the inner promise has another type
  void model.combine(1, { score: model.embed("x") }, []);
  // @ts-expect-error a stream is not awaited for its items
  void (model.tokens("x") satisfies Promise<string>);
}

it("gives async iterables where a method streams, whatever kind of stream it is", () => {
  expectTypeOf<DeploymentHandle<Model>["tokens"]>().returns.toEqualTypeOf<AsyncIterable<string>>();
  expectTypeOf<DeploymentHandle<Model>["pieces"]>().returns.toEqualTypeOf<AsyncIterable<number>>();
  expectTypeOf<DeploymentHandle<Model>["later"]>().returns.toEqualTypeOf<AsyncIterable<Uint8Array>>();
});

/** Never run, as above. */
export function optionsAsTheCompilerSeesThem(model: DeploymentHandle<Model>): void {
  expectTypeOf(model.options({ timeoutS: 1 }).predict(1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(model.options({ timeoutS: 1 }).tokens("x")).toEqualTypeOf<AsyncIterable<string>>();
  expectTypeOf(model.options({ stream: false }).tokens("x")).toEqualTypeOf<Promise<string[]>>();
  expectTypeOf(model.options({ stream: true }).predict(1)).toEqualTypeOf<AsyncIterable<number>>();
  expectTypeOf(model.options({ stream: true }).options({ timeoutS: 2 }).predict(1)).toEqualTypeOf<
    AsyncIterable<number>
  >();
  const predict = model.options({ methodName: "predict", multiplexedModelId: "m1" });
  expectTypeOf(predict(1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(model.options({ methodName: "tokens", stream: false })("x")).toEqualTypeOf<Promise<string[]>>();
  // @ts-expect-error no such option
  model.options({ timeout: 1 });
  // @ts-expect-error seconds are a number
  model.options({ timeoutS: "1" });
  // @ts-expect-error no such method
  model.options({ methodName: "reconfigure" });
  // @ts-expect-error the arguments are those of the method
  void predict("1");
}

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
