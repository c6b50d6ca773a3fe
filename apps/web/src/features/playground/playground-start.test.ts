import { expect, it } from "vitest";
import { ApplicationSpec } from "@sluice/contracts";
import type { BundleDescription } from "@sluice/contracts";
import { catalogue } from "@sluice/examples";
import { hintsOf, startOf } from "./playground-start.ts";

const deployed = (id: string, ingress: string) => ({
  spec: ApplicationSpec.parse(catalogue.find((example) => example.id === id)?.spec("a".repeat(64))),
  description: { ingress, deployments: [] },
});
const one = (change: object): BundleDescription => ({
  ingress: "m",
  deployments: [{ options: { name: "m" }, outbound: [], methods: [], ...change }],
});

it("starts with the inputs of a model", () => {
  const inputs = [{ name: "x", shape: ["batch", 2], datatype: "float32" }];
  const { method, body } = startOf({ kind: "tensors", inputs }, undefined);
  expect([method, JSON.parse(body)]).toEqual(["POST", { x: [[0, 0]] }]);
});

it("starts with the request of the example that an application was made from", () => {
  const { method, body } = startOf({ kind: "http", method: "GET" }, deployed("python-stdlib", "classifier"));
  expect(method).toBe("POST");
  expect((JSON.parse(body) as { pixels: number[] }).pixels).toHaveLength(64);
});

it("starts with nothing where nothing is known", () => {
  const start = startOf({ kind: "http", method: "GET" }, deployed("hello", "Hello"));
  expect(start).toEqual({ method: "GET", path: "", headers: [], body: "{}" });
});

it("offers the header for a model's id where code could hold several", () => {
  const offers = (description: BundleDescription | null) =>
    hintsOf(description).some(({ name }) => name === "serve_multiplexed_model_id");
  expect(offers(one({ methods: ["fetch"] }))).toBe(true);
  expect(offers(one({ inputs: [] }))).toBe(false);
  expect(offers(one({ options: { name: "m", runtime: "process" } }))).toBe(false);
  expect(offers(null)).toBe(false);
});
