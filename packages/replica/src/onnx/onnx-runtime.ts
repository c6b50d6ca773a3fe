import { defaultBatching, defaultExecutionProviders, isSluiceError, SluiceError } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import type { RequestContext } from "@sluice/sdk/host";
import type { Answer, IncomingRequest, Runtime } from "../runtime.ts";
import { pathBelowRoute, readArguments, readJsonBody } from "../serve/read-request.ts";
import { ModelQueue } from "./batching/model-queue.ts";
import type { Asker } from "./batching/run-requests.ts";
import { findBatchAxis } from "./batching/trial-runs.ts";
import { InferenceThread } from "./inference-thread.ts";
import { badInput } from "./input-errors.ts";
import { findModelFile } from "./model-file.ts";
import { answerPlain, predictPlain } from "./plain-json.ts";
import { readPredictInputs, writePredicted } from "./predict-call.ts";
import { ModelProtocol } from "./protocol/model-protocol.ts";
import { isSupportedDatatype } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

type Infer = (tensors: readonly Tensor[], asker: Asker) => Promise<readonly Tensor[]>;

/**
 * Serves one ONNX model: POST runs it, GET tells its inputs and outputs, `/v2` below its route speaks the Open Inference
 * Protocol; for handles `call(input)` is the POST and `predict(inputs)` takes and gives typed arrays.
 */
export async function loadOnnxRuntime(launch: HostLaunch): Promise<Runtime> {
  const modelPath = await findModelFile(launch.bundleDir, launch.importPath);
  const thread = await startThread(modelPath, launch);
  const { inputs, outputs } = thread;
  const queue = await openQueue(thread, launch);
  const infer: Infer = async (tensors, asker) => runModel(queue, tensors, asker);
  const description = { name: launch.deployment, inputs, outputs };
  const protocol = new ModelProtocol({
    names: [launch.application, launch.deployment],
    inputs,
    outputs,
    infer,
    onFailure: (error, requestId) => {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`request ${requestId} failed in the model: ${stack}\n`);
    },
  });

  const predict = async (body: unknown, asker: Asker): Promise<unknown> =>
    predictPlain(body, inputs, async (tensors) => infer(tensors, asker));

  const answerCall = async (request: IncomingRequest, asker: Asker): Promise<Answer> => {
    const { method } = request.head;
    if (method !== "call" && method !== "predict") {
      throw badInput(`A model has the methods predict(inputs) and call(input), not ${method}.`);
    }
    const [input] = await readArguments(request);
    if (method === "call") return { kind: "result", value: await predict(input, asker) };
    return { kind: "result", value: writePredicted(await infer(readPredictInputs(input, inputs), asker)) };
  };

  return {
    answer: (request, context) => {
      const { head } = request;
      const asker = askerOf(request, context);
      if (head.kind === "call") return answerCall(request, asker);
      const below = pathBelowRoute(head);
      return (
        protocol.answer(request, below, asker) ??
        answerPlain(head.method, below, description, async () => predict(await readJsonBody(request), asker))
      );
    },
    checkHealth: async () => {
      if (thread.death !== undefined) throw thread.death;
    },
    reconfigure: async () => {
      // A model file has nothing to configure.
    },
    dispose: () => thread.stop(),
  };
}

async function startThread(modelPath: string, launch: HostLaunch): Promise<InferenceThread> {
  const threads = Math.max(1, Math.floor(launch.cpus));
  const executionProviders = launch.executionProviders ?? defaultExecutionProviders;
  const thread = await InferenceThread.start({ modelPath, threads, executionProviders });
  const unsupported = [...thread.inputs, ...thread.outputs].find(({ datatype }) => !isSupportedDatatype(datatype));
  if (unsupported === undefined) return thread;
  await thread.stop();
  throw new Error(`"${unsupported.name}" has the datatype ${unsupported.datatype}, which requests cannot carry.`);
}

async function openQueue(
  thread: InferenceThread,
  { batching = defaultBatching, deployment }: HostLaunch,
): Promise<ModelQueue> {
  const axis = await findBatchAxis(
    thread.inputs,
    thread.outputs,
    async (tensors) => (await thread.run(tensors)).outputs,
  );
  const say = (reason: string): void => {
    process.stdout.write(`${deployment}: requests do not run together: ${reason}.\n`);
  };
  if (axis.kind === "no") say(axis.reason);
  return new ModelQueue({
    run: (tensors) => thread.run(tensors),
    isBatchable: axis.kind === "yes",
    batching,
    onUnbatchable: say,
  });
}

function askerOf(request: IncomingRequest, { timings }: Pick<RequestContext, "timings">): Asker {
  return { isWanted: () => request.gone === undefined, timings };
}

async function runModel(queue: ModelQueue, tensors: readonly Tensor[], asker: Asker): Promise<readonly Tensor[]> {
  try {
    return await queue.infer(tensors, asker);
  } catch (error) {
    if (isSluiceError(error) || !(error instanceof Error)) throw error;
    // The model refused these values (an index out of range, say): its own words help the caller.
    if (/invalid dimensions|INVALID_ARGUMENT|out of data bounds|indices element out/i.test(error.message)) {
      const publicMessage = `The model refused the input: ${error.message}`;
      throw new SluiceError({ code: "request/invalid", publicMessage, cause: error });
    }
    throw error;
  }
}
