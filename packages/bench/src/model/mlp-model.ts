/**
 * The model of the batching workload: four layers of 1024 x 1024 with ReLU between, 17 MB of weights. Small enough to run on one
 * core, large enough that a batch of 32 answers four times as many items a second as 32 single runs. It is written here, from
 * seeded numbers, because what it answers does not matter and 17 MB do not belong into a repository.
 */
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesField, messageField, varintField, type Field } from "./protobuf.ts";

export const mlpWidth = 1024;
const layers = 4;
const float32 = 1;

export interface MlpModel {
  readonly path: string;
  /** One item. */
  readonly sampleInput: Float32Array;
}

/** Writes the model unless it is there already. */
export async function loadMlp(): Promise<MlpModel> {
  const folder = join(tmpdir(), "sluice-bench-model");
  const path = join(folder, `mlp-${String(layers)}x${String(mlpWidth)}.onnx`);
  const known = await stat(path).catch(() => undefined);
  if (known === undefined) {
    await mkdir(folder, { recursive: true });
    const unfinished = `${path}.${String(process.pid)}`;
    await writeFile(unfinished, encodeMlp());
    await rename(unfinished, path);
  }
  return { path, sampleInput: seededNumbers(mlpWidth, 7, 1) };
}

/** The file's bytes: ONNX, opset 17, one Gemm per layer, the first axis free. */
export function encodeMlp(): Uint8Array {
  const nodes: Field[] = [];
  const initializers: Field[] = [];
  let current = "x";
  for (let layer = 1; layer <= layers; layer += 1) {
    const isLast = layer === layers;
    const weighted = isLast ? "y" : `h${String(layer)}`;
    nodes.push(node("Gemm", [current, `w${String(layer)}`, `b${String(layer)}`], weighted));
    current = isLast ? weighted : `r${String(layer)}`;
    if (!isLast) nodes.push(node("Relu", [weighted], current));
    // He initialisation keeps activations of one size through the layers: no overflow, no denormals.
    const scale = Math.sqrt(6 / mlpWidth);
    initializers.push(
      tensor(`w${String(layer)}`, [mlpWidth, mlpWidth], seededNumbers(mlpWidth ** 2, layer, scale)),
      tensor(`b${String(layer)}`, [mlpWidth], seededNumbers(mlpWidth, layer + 100, 0.1)),
    );
  }
  const graph = [...nodes, bytesField(2, "mlp"), ...initializers, valueInfo(11, "x"), valueInfo(12, "y")];
  const opset = messageField(8, [bytesField(1, ""), varintField(2, 17)]);
  return Buffer.concat([varintField(1, 8), bytesField(2, "sluice-bench"), messageField(7, graph), opset]);
}

function node(operator: string, inputs: readonly string[], output: string): Field {
  return messageField(1, [
    ...inputs.map((name) => bytesField(1, name)),
    bytesField(2, output),
    bytesField(3, output),
    bytesField(4, operator),
  ]);
}

function tensor(name: string, dimensions: readonly number[], values: Float32Array): Field {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return messageField(5, [
    ...dimensions.map((size) => varintField(1, size)),
    varintField(2, float32),
    bytesField(8, name),
    bytesField(9, raw),
  ]);
}

/** `batch x 1024` of float32; a dimension is a number (field 1) or a name (field 2). */
function valueInfo(field: number, name: string): Field {
  const shape = messageField(2, [
    messageField(1, [bytesField(2, "batch")]),
    messageField(1, [varintField(1, mlpWidth)]),
  ]);
  return messageField(field, [
    bytesField(1, name),
    messageField(2, [messageField(1, [varintField(1, float32), shape])]),
  ]);
}

/** Evenly spread over -scale..scale, the same on every machine (Lehmer generator). */
export function seededNumbers(count: number, seed: number, scale: number): Float32Array {
  const values = new Float32Array(count);
  let state = (seed * 7919 + 1) % 2147483647;
  for (let index = 0; index < count; index += 1) {
    state = (state * 48271) % 2147483647;
    values[index] = ((2 * state) / 2147483647 - 1) * scale;
  }
  return values;
}
