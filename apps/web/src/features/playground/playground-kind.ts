/** Which playground fits a model. Pure. */
import type { BundleDescription, TensorDescription } from "@sluice/contracts";

export type PlaygroundKind =
  | { readonly kind: "digits"; readonly input: string }
  | { readonly kind: "tensors"; readonly inputs: readonly TensorDescription[] }
  | { readonly kind: "http"; readonly method: "GET" | "POST" };

/** 64 pixels in, ten probabilities out: a pad to draw on. Any other model: its inputs as JSON. Code: a request. */
export function pickPlayground(description: BundleDescription | null): PlaygroundKind {
  const ingress = description?.deployments.find((deployment) => deployment.options.name === description.ingress);
  if (ingress?.inputs === undefined) {
    // A plain method takes JSON; what has `fetch` most likely answers a GET.
    const takesJson = ingress?.methods.includes("call") === true && !ingress.methods.includes("fetch");
    return { kind: "http", method: takesJson ? "POST" : "GET" };
  }
  const [only] = ingress.inputs;
  const isPixels = ingress.inputs.length === 1 && only?.shape.at(-1) === 64;
  const isTenWay =
    ingress.outputs?.some((output) => output.name === "probabilities" && output.shape.at(-1) === 10) === true;
  return isPixels && isTenWay
    ? { kind: "digits", input: only?.name ?? "pixels" }
    : { kind: "tensors", inputs: ingress.inputs };
}

/** A body with one item of the right shape, as a start for a person's own values. Free dimensions become 1. */
export function sampleBody(inputs: readonly TensorDescription[]): string {
  const entries = inputs.map((input) => [input.name, sampleTensor(input)] as const);
  return `{\n${entries.map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(",\n")}\n}`;
}

const largestSample = 4096;

function sampleTensor(input: TensorDescription): unknown {
  const shape = input.shape.map((dimension) => (typeof dimension === "number" && dimension > 0 ? dimension : 1));
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const fill = input.datatype === "string" ? "" : input.datatype === "bool" ? false : 0;
  const build = (axis: number): unknown =>
    axis === shape.length ? fill : Array.from({ length: shape[axis] ?? 0 }, () => build(axis + 1));
  return size > largestSample ? [] : build(0);
}
