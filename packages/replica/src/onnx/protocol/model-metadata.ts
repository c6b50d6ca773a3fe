import type { TensorDescription } from "@sluice/contracts";
import { isFree, isSupportedDatatype, wireNameOf } from "../tensor.ts";
import type { AnsweringModel } from "./write-infer.ts";

/** Model metadata of the Open Inference Protocol: free dimensions are -1. */
export function describeForProtocol(
  model: AnsweringModel,
  inputs: readonly TensorDescription[],
  outputs: readonly TensorDescription[],
): object {
  return {
    name: model.name,
    versions: [model.version],
    platform: "onnxruntime_onnx",
    inputs: inputs.map(describeTensor),
    outputs: outputs.map(describeTensor),
  };
}

function describeTensor({ name, datatype, shape }: TensorDescription): object {
  return {
    name,
    datatype: isSupportedDatatype(datatype) ? wireNameOf(datatype) : datatype,
    shape: shape.map((dimension) => (isFree(dimension) ? -1 : dimension)),
  };
}
