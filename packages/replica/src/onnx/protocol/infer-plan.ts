import type { TensorDescription } from "@sluice/contracts";
import { fitsShape } from "../fit-shape.ts";
import { badInput, checkInputNames } from "../input-errors.ts";
import { isSupportedDatatype, shapeText, sizeOf, valueBytesOf, wireNameOf } from "../tensor.ts";
import type { Datatype } from "../tensor.ts";
import { checkParameters, readFlag } from "./infer-schema.ts";
import type { InferBody } from "./infer-schema.ts";

export interface InputPlan {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly size: number;
  /** Length in the binary part; undefined = the values are in `json`. */
  readonly binaryBytes: number | undefined;
  readonly json: unknown;
}

export interface OutputPlan {
  readonly name: string;
  readonly isBinary: boolean;
}

/** What a request asks for, checked against the model. Depends on the JSON part alone. */
export interface InferPlan {
  readonly id: string | undefined;
  /** In the order of the request: the order of the binary part. */
  readonly inputs: readonly InputPlan[];
  readonly outputs: readonly OutputPlan[];
}

/** Checks the JSON part against the model: names, datatypes, shapes, sizes, parameters. Wrong ones are 400. */
export function planInfer(
  body: InferBody,
  modelInputs: readonly TensorDescription[],
  modelOutputs: readonly TensorDescription[],
): InferPlan {
  checkParameters(body.parameters, ["binary_data_output"], "Request");
  const names = body.inputs.map((input) => input.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw badInput(`Input "${twice}" is given twice.`);
  checkInputNames(names, modelInputs);
  const isBinaryWanted = readFlag(body.parameters, "binary_data_output", "Request", false);
  return {
    id: body.id,
    inputs: body.inputs.map((input) =>
      planInput(
        input,
        modelInputs.find(({ name }) => name === input.name),
      ),
    ),
    outputs: planOutputs(body, modelOutputs, isBinaryWanted),
  };
}

function planInput(input: InferBody["inputs"][number], wanted: TensorDescription | undefined): InputPlan {
  const { name, shape, datatype, parameters, data } = input;
  const where = `Input "${name}"`;
  const modelType = wanted?.datatype ?? "";
  if (!isSupportedDatatype(modelType))
    throw badInput(`${where} has the datatype ${modelType}, which nothing here fills.`);
  if (datatype !== wireNameOf(modelType)) {
    throw badInput(`${where} wants the datatype ${wireNameOf(modelType)}; given ${JSON.stringify(datatype)}.`);
  }
  if (!fitsShape(wanted?.shape ?? [], shape)) {
    throw badInput(`${where} wants shape ${shapeText(wanted?.shape ?? [])}; given ${shapeText(shape)}.`);
  }
  checkParameters(parameters, ["binary_data_size"], where);
  const size = sizeOf(shape);
  const binaryBytes = parameters?.["binary_data_size"];
  if (binaryBytes === undefined) {
    if (data === undefined) throw badInput(`${where} has neither \`data\` nor the parameter \`binary_data_size\`.`);
    return { name, datatype: modelType, shape, size, binaryBytes: undefined, json: data };
  }
  if (data !== undefined) throw badInput(`${where} has both \`data\` and \`binary_data_size\`: one of them is right.`);
  if (typeof binaryBytes !== "number" || !Number.isSafeInteger(binaryBytes) || binaryBytes < 0) {
    throw badInput(`${where}: "binary_data_size" is a number of bytes, not ${JSON.stringify(binaryBytes)}.`);
  }
  const needed = modelType === "string" ? undefined : size * valueBytesOf(modelType);
  if (needed !== undefined && needed !== binaryBytes) {
    throw badInput(
      `${where} of shape ${shapeText(shape)} in ${datatype} has ${needed} bytes; "binary_data_size" says ${binaryBytes}.`,
    );
  }
  return { name, datatype: modelType, shape, size, binaryBytes, json: undefined };
}

function planOutputs(
  { outputs }: InferBody,
  modelOutputs: readonly TensorDescription[],
  isBinaryWanted: boolean,
): readonly OutputPlan[] {
  const all = modelOutputs.map(({ name }) => name);
  if (outputs === undefined || outputs.length === 0) return all.map((name) => ({ name, isBinary: isBinaryWanted }));
  const seen = new Set<string>();
  return outputs.map(({ name, parameters }) => {
    const where = `Output "${name}"`;
    if (!all.includes(name)) throw badInput(`The model has no output "${name}". Its outputs: ${all.join(", ")}.`);
    if (seen.has(name)) throw badInput(`${where} is asked for twice.`);
    seen.add(name);
    checkParameters(parameters, ["binary_data"], where);
    return { name, isBinary: readFlag(parameters, "binary_data", where, isBinaryWanted) };
  });
}
