/**
 * Inference thread. ONNX Runtime's `run()` blocks its event loop, so it never runs on the host's main thread, which must
 * go on reading the wire and answering probes. One run at a time: the sender waits for each answer.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Tensor as OrtTensor } from "onnxruntime-node";
import type { InferenceSession } from "onnxruntime-node";
import { openModel } from "./open-model.ts";
import { isSupportedDatatype } from "./tensor.ts";
import type { Tensor, TensorData } from "./tensor.ts";
import type { RunRequest, WorkerMessage, WorkerStart } from "./worker-messages.ts";

const { modelPath, threads } = workerData as WorkerStart;

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function runOnce(session: InferenceSession, request: RunRequest): Promise<void> {
  try {
    const feeds: Record<string, OrtTensor> = {};
    for (const { name, datatype, data, shape } of request.inputs) {
      feeds[name] = new OrtTensor(datatype, data, shape);
    }
    const results = await session.run(feeds);
    const outputs = session.outputNames.map((name) => toTensor(name, results[name]));
    send({ type: "answer", id: request.id, outputs }, outputs.flatMap(transferable));
  } catch (error) {
    send({ type: "run_failed", id: request.id, message: messageOf(error) });
  }
}

function toTensor(name: string, value: OrtTensor | undefined): Tensor {
  if (value === undefined || !isSupportedDatatype(value.type)) {
    throw new Error(`Output "${name}" has the type ${value?.type ?? "unknown"}, which cannot be sent as JSON.`);
  }
  return { name, datatype: value.type, shape: [...value.dims], data: value.data as TensorData };
}

/** Only memory that the tensor owns as a whole may leave this thread. */
function transferable({ data }: Tensor): ArrayBuffer[] {
  if (Array.isArray(data) || data.byteLength !== data.buffer.byteLength) return [];
  return data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  const { session, inputs, outputs } = await openModel(modelPath, threads);
  parentPort?.on("message", (request: RunRequest) => void runOnce(session, request));
  send({ type: "loaded", inputs, outputs });
} catch (error) {
  send({ type: "failed", message: messageOf(error) });
}
