import { basename } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import type { TensorDescription } from "@sluice/contracts";
import { bundledProviders, explainMissingProvider, knownProviders } from "./execution-providers.ts";
import type { WorkerStart } from "./worker-messages.ts";

export interface OpenModel {
  readonly session: InferenceSession;
  readonly inputs: TensorDescription[];
  readonly outputs: TensorDescription[];
}

/**
 * Loads a model file on the calling thread. Throws with ONNX Runtime's own message, without the node's folders; for an
 * execution provider that is missing, with a sentence that says which there are.
 */
export async function openModel(start: WorkerStart): Promise<OpenModel> {
  const unknown = explainMissingProvider(start.executionProviders, [...knownProviders(), "cpu"]);
  if (unknown !== undefined) {
    throw new Error(explainMissingProvider(start.executionProviders, bundledProviders()) ?? unknown);
  }
  const session = await createSession(start);
  return { session, inputs: describeTensors(session.inputMetadata), outputs: describeTensors(session.outputMetadata) };
}

async function createSession({ modelPath, threads, executionProviders }: WorkerStart): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(modelPath, {
      executionProviders: [...executionProviders],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      // 3 = errors; warnings about unused initialisers tell a user nothing
      logSeverityLevel: 3,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A provider whose library is not installed is only found out by trying.
    const missing = /failed to load shared library|backend not found|ExecutionProvider/i.test(message)
      ? explainMissingProvider(executionProviders, bundledProviders())
      : undefined;
    throw new Error(missing ?? message.replaceAll(modelPath, basename(modelPath)), { cause: error });
  }
}

function describeTensors(metadata: readonly InferenceSession.ValueMetadata[]): TensorDescription[] {
  return metadata.map((value) => {
    if (!value.isTensor) return { name: value.name, datatype: "non-tensor", shape: [] };
    return { name: value.name, datatype: value.type, shape: [...value.shape] };
  });
}
