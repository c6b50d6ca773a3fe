/**
 * Inference thread. ONNX Runtime's `run()` blocks its event loop, so it never runs on the host's main thread, which must
 * go on reading the wire and answering probes. One run at a time; the next request may already lie in the thread's port,
 * so that the model does not stand still while the host answers.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Tensor as OrtTensor } from "onnxruntime-node";
import type { InferenceSession } from "onnxruntime-node";
import { openModel } from "./open-model.ts";
import { bytesOf, isSupportedDatatype, valuesOf } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";
import type { RunRequest, WorkerMessage, WorkerStart } from "./worker-messages.ts";

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function runOnce(session: InferenceSession, request: RunRequest): Promise<void> {
  try {
    const feeds: Record<string, OrtTensor> = {};
    for (const tensor of request.inputs) feeds[tensor.name] = toOrt(tensor);
    const startedMs = performance.now();
    const results = await session.run(feeds);
    const tookMs = performance.now() - startedMs;
    const outputs = session.outputNames.map((name) => fromOrt(name, results[name]));
    send({ type: "answer", id: request.id, outputs, tookMs }, outputs.flatMap(transferable));
  } catch (error) {
    send({ type: "run_failed", id: request.id, message: messageOf(error) });
  }
}

function toOrt({ datatype, data, shape }: Tensor): OrtTensor {
  if (datatype === "string") return new OrtTensor("string", [...(data as readonly string[])], shape);
  return new OrtTensor(datatype, valuesOf(datatype, data as Uint8Array), shape);
}

function fromOrt(name: string, value: OrtTensor | undefined): Tensor {
  if (value === undefined || !isSupportedDatatype(value.type)) {
    throw new Error(`Output "${name}" has the type ${value?.type ?? "unknown"}, which cannot be sent.`);
  }
  const data = Array.isArray(value.data) ? value.data : bytesOf(value.data);
  return { name, datatype: value.type, shape: [...value.dims], data };
}

/** Only memory that the tensor owns as a whole may leave this thread. */
function transferable({ data }: Tensor): ArrayBuffer[] {
  if (!(data instanceof Uint8Array) || data.byteLength !== data.buffer.byteLength) return [];
  return data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  const { session, inputs, outputs } = await openModel(workerData as WorkerStart);
  let last = Promise.resolve();
  parentPort?.on("message", (request: RunRequest) => {
    last = last.then(() => runOnce(session, request));
  });
  send({ type: "loaded", inputs, outputs });
} catch (error) {
  send({ type: "failed", message: messageOf(error) });
}
