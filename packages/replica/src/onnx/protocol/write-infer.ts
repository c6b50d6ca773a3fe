/** Outputs -> the answer of an inference request, in JSON or with a binary part. */
import { takeBodyMemory } from "@sluice/wire";
import type { Answer } from "../../runtime.ts";
import { jsonValues } from "../nested-values.ts";
import { valuesOf, wireNameOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { writeByteStrings } from "./byte-strings.ts";
import type { InferPlan } from "./infer-plan.ts";

/** Which model answered, as the request named it. */
export interface AnsweringModel {
  readonly name: string;
  readonly version: string;
}

const jsonHeaders = Object.freeze(["content-type", "application/json"]);

export function writeInfer(model: AnsweringModel, plan: InferPlan, outputs: readonly Tensor[]): Answer {
  const binary: Uint8Array[] = [];
  const parts = plan.outputs.map(({ name, isBinary }) => {
    const output = outputs.find((one) => one.name === name);
    if (output === undefined) throw new Error(`the model gave no output "${name}"`);
    const start = `{"name":${JSON.stringify(name)},"datatype":"${wireNameOf(output.datatype)}","shape":[${output.shape.join(",")}]`;
    if (!isBinary) return `${start},"data":${dataText(output)}}`;
    const bytes = output.datatype === "string" ? writeByteStrings(output.data as readonly string[]) : output.data;
    binary.push(bytes as Uint8Array);
    return `${start},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const id = plan.id === undefined ? "" : `,"id":${JSON.stringify(plan.id)}`;
  const names = `"model_name":${JSON.stringify(model.name)},"model_version":${JSON.stringify(model.version)}`;
  const json = `{${names}${id},"outputs":[${parts.join(",")}]}`;
  if (binary.length === 0) return { kind: "http", status: 200, headers: jsonHeaders, body: Buffer.from(json) };
  const jsonBytes = Buffer.byteLength(json);
  return {
    kind: "http",
    status: 200,
    headers: ["content-type", "application/octet-stream", "inference-header-content-length", String(jsonBytes)],
    body: join(json, jsonBytes, binary),
  };
}

/** One copy: the wire takes a body as one piece. */
function join(json: string, jsonBytes: number, binary: readonly Uint8Array[]): Buffer {
  const body = takeBodyMemory(binary.reduce((sum, part) => sum + part.length, jsonBytes));
  body.write(json, 0, "utf8");
  let at = jsonBytes;
  for (const part of binary) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/** Flat, row-major. 64-bit integers with all their digits, which JSON allows and many clients read exactly. */
function dataText(output: Tensor): string {
  if (output.datatype === "int64" || output.datatype === "uint64") {
    return `[${valuesOf(output.datatype, output.data as Uint8Array).join(",")}]`;
  }
  return JSON.stringify(jsonValues(output));
}
