import { isSluiceError, SluiceError } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import { jsonAnswer } from "../serve/json-answer.ts";
import { pathBelowRoute, readArguments, readJsonBody } from "../serve/read-request.ts";
import type { Answer, IncomingRequest, Runtime } from "../runtime.ts";
import { InferenceQueue } from "./inference-queue.ts";
import { InferenceThread } from "./inference-thread.ts";
import { findModelFile } from "./model-file.ts";
import { nestData } from "./nested-values.ts";
import { readInputs } from "./read-inputs.ts";
import type { ModelInputs } from "./read-inputs.ts";
import { hasFreeFirstAxis, isSupportedDatatype } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Serves one ONNX model: POST runs it, GET tells its inputs and outputs, `call(input)` is the same for handles. */
export async function loadOnnxRuntime(launch: HostLaunch): Promise<Runtime> {
  const modelPath = await findModelFile(launch.bundleDir, launch.importPath);
  const thread = await InferenceThread.start({ modelPath, threads: Math.max(1, Math.floor(launch.cpus)) });
  const unsupported = [...thread.inputs, ...thread.outputs].find(({ datatype }) => !isSupportedDatatype(datatype));
  if (unsupported !== undefined) {
    await thread.stop();
    throw new Error(`"${unsupported.name}" has the datatype ${unsupported.datatype}, which cannot travel as JSON yet.`);
  }
  const isBatchable = hasFreeFirstAxis(thread.inputs) && hasFreeFirstAxis(thread.outputs);
  const queue = new InferenceQueue((inputs) => thread.run(inputs), isBatchable);
  const metadata = { name: launch.deployment, inputs: thread.inputs, outputs: thread.outputs };

  const predict = async (body: unknown, request: IncomingRequest): Promise<Record<string, unknown>> => {
    const inputs = readInputs(body, thread.inputs);
    const outputs = await runModel(queue, inputs, request);
    return Object.fromEntries(outputs.map((output) => [output.name, outputValue(output, inputs.isSingle)]));
  };

  return {
    answer: async (request) => {
      const { head } = request;
      if (head.kind === "call") {
        if (head.method !== "call") throw badRequest(`A model has the method call(input), not ${head.method}.`);
        const [input] = await readArguments(request);
        return { kind: "result", value: await predict(input, request) };
      }
      return answerHttp(head.method, pathBelowRoute(head), metadata, async () =>
        predict(await readJsonBody(request), request),
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

async function answerHttp(
  method: string,
  below: string,
  metadata: unknown,
  predict: () => Promise<unknown>,
): Promise<Answer> {
  if (below !== "" && below !== "/") {
    throw new SluiceError({
      code: "route/not_found",
      publicMessage: `A model answers at its route itself, not at "${below}".`,
    });
  }
  if (method === "GET" || method === "HEAD") return jsonAnswer(200, metadata);
  if (method === "POST") return jsonAnswer(200, await predict());
  throw new SluiceError({
    code: "request/method_not_allowed",
    publicMessage: `Use POST with the input, or GET for its description; ${method} is neither.`,
  });
}

async function runModel(
  queue: InferenceQueue,
  inputs: ModelInputs,
  request: IncomingRequest,
): Promise<readonly Tensor[]> {
  try {
    return await queue.infer(inputs.tensors, () => request.gone === undefined);
  } catch (error) {
    if (isSluiceError(error) || !(error instanceof Error)) throw error;
    // The model refused these values (an index out of range, say): its own words help the caller.
    if (/invalid dimensions|INVALID_ARGUMENT|out of data bounds|indices element out/i.test(error.message)) {
      throw new SluiceError({
        code: "request/invalid",
        publicMessage: `The model refused the input: ${error.message}`,
        cause: error,
      });
    }
    throw error;
  }
}

/** One item in, one item out: the first axis is left out of the answer as it was of the input. */
function outputValue(output: Tensor, isSingle: boolean): unknown {
  const shape = isSingle && output.shape[0] === 1 ? output.shape.slice(1) : output.shape;
  return nestData(output.data, output.datatype, shape);
}

function badRequest(publicMessage: string): SluiceError {
  return new SluiceError({ code: "request/invalid", publicMessage });
}
