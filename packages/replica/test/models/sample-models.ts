import { encodeModel } from "./onnx-file.ts";
import type { ElementType, ModelSpec, NodeSpec } from "./onnx-file.ts";

/** y = x, of any datatype and shape. */
export function identityModel(type: ElementType, shape: readonly (number | string)[] = ["batch", 2]): Buffer {
  return encodeModel({
    inputs: [{ name: "x", type, shape }],
    outputs: [{ name: "y", type, shape }],
    nodes: [{ op: "Identity", inputs: ["x"], outputs: ["y"] }],
  });
}

/** The same with one pair of input and output per datatype: `x_float32` -> `y_float32`, ... */
export function identitiesModel(types: readonly ElementType[]): Buffer {
  return encodeModel({
    inputs: types.map((type) => ({ name: `x_${type}`, type, shape: ["batch", 2] })),
    outputs: types.map((type) => ({ name: `y_${type}`, type, shape: ["batch", 2] })),
    nodes: types.map((type) => ({ op: "Identity", inputs: [`x_${type}`], outputs: [`y_${type}`] })),
  });
}

/** Layers of width x width with ReLU, weights from a fixed seed: x [batch, width] -> y [batch, width], float32. */
export function mlpModel(layers: number, width: number, batch: number | string = "batch"): Buffer {
  const random = seededNormal(layers * width);
  const nodes: NodeSpec[] = [];
  const weights: NonNullable<ModelSpec["weights"]>[number][] = [];
  for (let layer = 0; layer < layers; layer += 1) {
    const from = layer === 0 ? "x" : `h${layer - 1}`;
    const to = layer === layers - 1 ? "y" : `h${layer}`;
    const scale = 1 / Math.sqrt(width);
    weights.push(
      {
        name: `W${layer}`,
        shape: [width, width],
        data: Float32Array.from({ length: width * width }, () => random() * scale),
      },
      { name: `b${layer}`, shape: [width], data: Float32Array.from({ length: width }, () => random() * 0.1) },
    );
    nodes.push({ op: "Gemm", inputs: [from, `W${layer}`, `b${layer}`], outputs: [`g${layer}`] });
    nodes.push({ op: "Relu", inputs: [`g${layer}`], outputs: [to] });
  }
  const shape = [batch, width];
  return encodeModel({
    inputs: [{ name: "x", type: "float32", shape }],
    outputs: [{ name: "y", type: "float32", shape }],
    nodes,
    weights,
  });
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function seededNormal(seed: number): () => number {
  const uniform = seededUniform(seed);
  // Box-Muller
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
