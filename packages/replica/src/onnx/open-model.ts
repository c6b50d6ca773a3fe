import { InferenceSession } from "onnxruntime-node";
import type { TensorDescription } from "@sluice/contracts";

export interface OpenModel {
  readonly session: InferenceSession;
  readonly inputs: TensorDescription[];
  readonly outputs: TensorDescription[];
}

/** Loads a model file on the calling thread. Throws with ONNX Runtime's own message. */
export async function openModel(modelPath: string, threads: number): Promise<OpenModel> {
  const session = await InferenceSession.create(modelPath, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // 3 = errors; warnings about unused initialisers tell a user nothing
    logSeverityLevel: 3,
  });
  return { session, inputs: describeTensors(session.inputMetadata), outputs: describeTensors(session.outputMetadata) };
}

function describeTensors(metadata: readonly InferenceSession.ValueMetadata[]): TensorDescription[] {
  return metadata.map((value) => {
    if (!value.isTensor) return { name: value.name, datatype: "non-tensor", shape: [] };
    return { name: value.name, datatype: value.type, shape: [...value.shape] };
  });
}
