/** An inference request -> tensors. The binary part is not copied here: tensors are views of the body. */
import type { TensorDescription } from "@sluice/contracts";
import { fillValues } from "../fill-values.ts";
import { badInput, checkTruth } from "../input-errors.ts";
import { shapeOfNested } from "../nested-values.ts";
import { shapeText, valueBytesOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { readByteStrings } from "./byte-strings.ts";
import { planInfer } from "./infer-plan.ts";
import type { InferPlan, InputPlan } from "./infer-plan.ts";
import { parseInferBody } from "./infer-schema.ts";

export interface InferRequest {
  readonly plan: InferPlan;
  /** In the order of the model's inputs. */
  readonly tensors: readonly Tensor[];
}

interface Remembered {
  readonly json: Buffer;
  readonly plan: InferPlan;
}

/** Clients send the same JSON part again and again, if their values are in the binary part. So many of them are kept. */
const rememberedPlans = 8;
const longestRememberedBytes = 2_048;

/** Reads requests for one model. */
export class InferReader {
  readonly #inputs: readonly TensorDescription[];
  readonly #outputs: readonly TensorDescription[];
  readonly #remembered: Remembered[] = [];

  constructor(inputs: readonly TensorDescription[], outputs: readonly TensorDescription[]) {
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** `headerLength` is the header Inference-Header-Content-Length; undefined = the whole body is JSON. */
  read(body: Buffer, headerLength: string | undefined): InferRequest {
    const jsonBytes = headerLength === undefined ? body.length : readHeaderLength(headerLength, body.length);
    const json = body.subarray(0, jsonBytes);
    const plan = this.#planOf(json);
    const binary = body.subarray(jsonBytes);
    const tensors = readTensors(plan.inputs, binary, ownsItsMemory(body));
    return { plan, tensors: this.#inOrder(tensors) };
  }

  #planOf(json: Buffer): InferPlan {
    const known = this.#remembered.find((one) => one.json.equals(json));
    if (known !== undefined) return known.plan;
    const plan = planInfer(parseInferBody(json), this.#inputs, this.#outputs);
    const isAllBinary = plan.inputs.every((input) => input.binaryBytes !== undefined);
    if (isAllBinary && json.length <= longestRememberedBytes) {
      if (this.#remembered.length >= rememberedPlans) this.#remembered.shift();
      this.#remembered.push({ json: Buffer.from(json), plan });
    }
    return plan;
  }

  /** Requests that differ in the order of their inputs only can run together. */
  #inOrder(tensors: readonly Tensor[]): readonly Tensor[] {
    if (tensors.length <= 1) return tensors;
    return this.#inputs.flatMap(({ name }) => tensors.find((tensor) => tensor.name === name) ?? []);
  }
}

function readHeaderLength(text: string, bodyBytes: number): number {
  const length = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
  if (length > 0 && length <= bodyBytes) return length;
  throw badInput(
    `Inference-Header-Content-Length is the length of the JSON part, 1 to ${bodyBytes} (the whole body), not ${JSON.stringify(text)}.`,
  );
}

function readTensors(inputs: readonly InputPlan[], binary: Buffer, isOwned: boolean): readonly Tensor[] {
  let at = 0;
  const tensors = inputs.map((input) => {
    if (input.binaryBytes === undefined) return readJsonTensor(input);
    const bytes = binary.subarray(at, at + input.binaryBytes);
    at += input.binaryBytes;
    if (at > binary.length) {
      throw badInput(`The binary part ends ${at - binary.length} bytes before the end of input "${input.name}".`);
    }
    return readBinaryTensor(input, bytes, isOwned);
  });
  if (at !== binary.length) throw badInput(`The binary part has ${binary.length - at} bytes more than the inputs say.`);
  return tensors;
}

function readBinaryTensor({ name, datatype, shape, size }: InputPlan, bytes: Buffer, isOwned: boolean): Tensor {
  if (datatype === "string") return { name, datatype, shape, data: readByteStrings(name, bytes, size) };
  checkTruth(name, datatype, bytes);
  const isAligned = bytes.byteOffset % valueBytesOf(datatype) === 0;
  return isOwned && isAligned
    ? { name, datatype, shape, data: bytes, isOwned }
    : { name, datatype, shape, data: bytes };
}

function readJsonTensor({ name, datatype, shape, size, json }: InputPlan): Tensor {
  const given = shapeOfNested(json);
  const isFlat = given?.length === 1;
  if (given === undefined || (!isFlat && shapeText(given) !== shapeText(shape))) {
    const what = given === undefined ? "nested arrays of unequal length" : `arrays of shape ${shapeText(given)}`;
    throw badInput(`Input "${name}": data is flat, or nested as shape ${shapeText(shape)} says; given are ${what}.`);
  }
  const filled = fillValues(datatype, json, size);
  if (!filled.ok) throw badInput(`Input "${name}" wants ${datatype} values; given ${filled.wrong}.`);
  if (filled.count !== size) {
    throw badInput(`Input "${name}" of shape ${shapeText(shape)} has ${size} values; given are ${filled.count}.`);
  }
  return { name, datatype, shape, data: filled.data, isOwned: true };
}

/**
 * A large body was put together in memory of its own. A small one is a piece of what the socket delivered, behind a frame's
 * header: then other requests may lie in the same memory.
 */
function ownsItsMemory(body: Buffer): boolean {
  return body.byteOffset === 0 && body.byteLength === body.buffer.byteLength;
}
