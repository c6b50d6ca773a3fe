import { basename } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import type { TensorDescription } from "@sluice/contracts";

export interface OpenModel {
  readonly session: InferenceSession;
  readonly inputs: TensorDescription[];
  readonly outputs: TensorDescription[];
}

/** Loads a model file on the calling thread. Throws with ONNX Runtime's own message, without the node's folders. */
export async function openModel(modelPath: string, threads: number): Promise<OpenModel> {
  const session = await createSession(modelPath, threads);
  return { session, inputs: describeTensors(session.inputMetadata), outputs: describeTensors(session.outputMetadata) };
}

async function createSession(modelPath: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(modelPath, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      // 3 = errors; warnings about unused initialisers tell a user nothing
      logSeverityLevel: 3,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(message.replaceAll(modelPath, basename(modelPath)), { cause: error });
  }
}

function describeTensors(metadata: readonly InferenceSession.ValueMetadata[]): TensorDescription[] {
  return metadata.map((value) => {
    if (!value.isTensor) return { name: value.name, datatype: "non-tensor", shape: [] };
    return { name: value.name, datatype: value.type, shape: [...value.shape] };
  });
}
