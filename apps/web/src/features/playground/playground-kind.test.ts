import { expect, it } from "vitest";
import type { BundleDescription, TensorDescription } from "@sluice/contracts";
import { pickPlayground, sampleBody } from "./playground-kind.ts";

const tensor = (name: string, shape: (string | number)[], datatype = "float32"): TensorDescription => ({
  name,
  shape,
  datatype,
});
const model = (inputs: TensorDescription[], outputs: TensorDescription[]): BundleDescription => ({
  ingress: "m",
  deployments: [{ options: { name: "m" }, outbound: [], methods: [], inputs, outputs }],
});

it("a model of 64 pixels and ten probabilities gets the drawing pad", () => {
  const digits = model(
    [tensor("pixels", ["batch", 64])],
    [tensor("probabilities", ["batch", 10]), tensor("label", ["batch"], "int64")],
  );
  expect(pickPlayground(digits)).toEqual({ kind: "digits", input: "pixels" });
});

it("another model gets its inputs, code gets a request", () => {
  expect(pickPlayground(model([tensor("x", [1, 3])], [tensor("y", [1])])).kind).toBe("tensors");
  const code = (methods: string[]) =>
    pickPlayground({ ingress: "A", deployments: [{ options: { name: "A" }, outbound: [], methods }] });
  expect(code(["fetch", "call"])).toEqual({ kind: "http", method: "GET" });
  expect(code(["call"])).toEqual({ kind: "http", method: "POST" });
  expect(pickPlayground(null)).toEqual({ kind: "http", method: "GET" });
});

it("a sample body has one item of every input's shape and type", () => {
  const body: unknown = JSON.parse(sampleBody([tensor("x", ["batch", 3]), tensor("text", [1], "string")]));
  expect(body).toEqual({ x: [[0, 0, 0]], text: [""] });
});
