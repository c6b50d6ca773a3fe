import { deploymentOptionDocs } from "@sluice/contracts";
import type { DescribedDeployment } from "@sluice/contracts";
import { describe, expect, it } from "vitest";
import { defaultFactsOf, defaultText, whyNoBatches } from "./field-default.ts";

const model = (shapes: (string | number)[][] = [["batch", 4]], batching?: object): DescribedDeployment =>
  ({
    options: { name: "m", ...(batching === undefined ? {} : { batching }) },
    inputs: shapes.map((shape, index) => ({ name: `x${index}`, datatype: "float32", shape })),
    outputs: [],
    outbound: [],
    methods: [],
  }) as unknown as DescribedDeployment;
const doc = (name: string) => deploymentOptionDocs.find((one) => one.name === name) ?? { name, default: "" };
const text = (name: string, spec: object, described?: DescribedDeployment): string =>
  defaultText(doc(name), defaultFactsOf(spec, described));

describe("what an empty field stands for", () => {
  it("of max_ongoing_requests: twice the batch of a model, 5 for code", () => {
    expect(text("max_ongoing_requests", {})).toBe("5");
    expect(text("max_ongoing_requests", { runtime: "onnx" })).toBe("64");
    expect(text("max_ongoing_requests", { runtime: "onnx", batching: { max_batch_size: 8 } })).toBe("16");
    expect(text("max_ongoing_requests", {}, model([], { max_batch_size: 4 }))).toBe("8");
    // Typed, and no number yet.
    expect(text("max_ongoing_requests", { runtime: "onnx", batching: { max_batch_size: "eight" } })).toBe("64");
  });

  it("of the wait: nothing, or what the target allows", () => {
    expect(text("batching.batch_wait_timeout_s", {})).toBe("0");
    expect(text("batching.batch_wait_timeout_s", { batching: { target_p99_ms: 20 } })).toBe(
      "as long as the target allows",
    );
  });

  it("of all others: the table's default, as it is typed", () => {
    expect(text("max_replicas_per_node", {})).toBe("no limit");
    expect(text("process.working_dir", {})).toBe("the bundle itself");
    expect(text("execution_providers", {})).toBe("cpu");
    expect(text("batching.target_p99_ms", {})).toBe("");
  });
});

it("says why requests to a model cannot run together, where its file shows it", () => {
  expect(whyNoBatches(undefined)).toBeNull();
  expect(
    whyNoBatches(
      model([
        ["batch", 4],
        [-1, 3],
      ]),
    ),
  ).toBeNull();
  expect(
    whyNoBatches(
      model([
        ["n", 4],
        [1, 3],
      ]),
    ),
  ).toBe("The first axis of `x1` is fixed at 1, so every request runs alone.");
  expect(whyNoBatches(model([[]]))).toBe("`x0` is a single value, so every request runs alone.");
});
