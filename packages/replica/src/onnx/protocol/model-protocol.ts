/** The Open Inference Protocol, version 2, for one model: below the application's route, or through the gateway's `/v2`. */
import { isSluiceError, problemOf, SluiceError } from "@sluice/contracts";
import type { TensorDescription } from "@sluice/contracts";
import { inferenceExtensions, parseModelPath } from "@sluice/router";
import type { ModelPath } from "@sluice/router";
import type { HeaderPairs } from "@sluice/wire";
import type { Answer, IncomingRequest } from "../../runtime.ts";
import { jsonAnswer } from "../../serve/json-answer.ts";
import { bodyLimitBytes } from "../../serve/read-request.ts";
import type { Asker } from "../batching/run-requests.ts";
import type { Tensor } from "../tensor.ts";
import { describeForProtocol } from "./model-metadata.ts";
import { InferReader } from "./read-infer.ts";
import { writeInfer } from "./write-infer.ts";
import type { AnsweringModel } from "./write-infer.ts";

export interface ProtocolModel {
  /** A model goes by the name of its application, and by that of its deployment. */
  readonly names: readonly string[];
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly infer: (tensors: readonly Tensor[], asker: Asker) => Promise<readonly Tensor[]>;
  /** Told what went wrong inside, with the request that it happened to. */
  readonly onFailure: (error: unknown, requestId: string) => void;
}

type NamedPath = Extract<ModelPath, { kind: "model" }>;

export class ModelProtocol {
  readonly #model: ProtocolModel;
  readonly #reader: InferReader;

  constructor(model: ProtocolModel) {
    this.#model = model;
    this.#reader = new InferReader(model.inputs, model.outputs);
  }

  /** Answers a path below the route; undefined when it is none of the protocol's. Errors are `{"error": "..."}`. */
  answer(request: IncomingRequest, below: string, asker: Asker): Promise<Answer> | undefined {
    const path = parseModelPath(below);
    return path === undefined ? undefined : this.#answerPath(request, path, below, asker);
  }

  async #answerPath(request: IncomingRequest, path: ModelPath, below: string, asker: Asker): Promise<Answer> {
    try {
      return path.kind === "model"
        ? await this.#answerModel(request, path, asker)
        : this.#answerServer(request, path, below);
    } catch (error) {
      const isExpected = isSluiceError(error) || (error instanceof Error && error.name === "WireError");
      if (!isExpected) this.#model.onFailure(error, request.head.requestId);
      const { status, detail } = problemOf(error);
      return jsonAnswer(status, { error: detail });
    }
  }

  #answerServer(request: IncomingRequest, path: ModelPath, below: string): Answer {
    const [name = "model"] = this.#model.names;
    if (path.kind === "unknown" || path.kind === "index" || path.kind === "model") {
      throw notFound(`A model has no ${below}. Its own paths begin with /v2/models/${name}.`);
    }
    requireMethod(request, "GET");
    switch (path.kind) {
      case "server":
        return jsonAnswer(200, { name: "sluice", version: "0.1.0", extensions: inferenceExtensions });
      case "live":
        return jsonAnswer(200, { live: true });
      case "server_ready":
        return jsonAnswer(200, { ready: true });
      case "list":
        return jsonAnswer(200, { models: [name] });
    }
  }

  async #answerModel(request: IncomingRequest, path: NamedPath, asker: Asker): Promise<Answer> {
    const { names, inputs, outputs, infer } = this.#model;
    const model = this.#named(request, path);
    switch (path.verb) {
      case "metadata":
        requireMethod(request, "GET");
        return jsonAnswer(200, describeForProtocol(model, inputs, outputs));
      case "ready":
        requireMethod(request, "GET");
        return jsonAnswer(200, { name: model.name, ready: true });
      case "infer": {
        requireMethod(request, "POST");
        refuseEncoding(request.head.headers);
        const body = request.wholeBody ?? (await request.readBody(bodyLimitBytes));
        const read = this.#reader.read(body, headerOf(request.head.headers, "inference-header-content-length"));
        return writeInfer(model, read.plan, await infer(read.tensors, asker));
      }
      case "other":
        throw notFound(`A model has /v2/models/${names[0] ?? ""}, and /ready and /infer below it.`);
    }
  }

  /** A request stays in its revision, so the only version it can name is that. */
  #named({ head }: IncomingRequest, { model, version }: NamedPath): AnsweringModel {
    const { names } = this.#model;
    if (!names.includes(model)) throw notFound(`There is no model "${model}" here. It is called "${names[0] ?? ""}".`);
    const own = String(head.revision);
    if (version !== "" && version !== own) {
      throw notFound(
        `This request was given to version ${own} of "${model}". Ask for a version by number at the gateway's own path, ` +
          `/v2/models/${names[0] ?? ""}/versions/${version}.`,
      );
    }
    return { name: model, version: own };
  }
}

function requireMethod({ head }: IncomingRequest, wanted: "GET" | "POST"): void {
  if (head.method === wanted || (wanted === "GET" && head.method === "HEAD")) return;
  throw new SluiceError({
    code: "request/method_not_allowed",
    publicMessage: `Use ${wanted} here, not ${head.method}.`,
  });
}

function refuseEncoding(headers: HeaderPairs): void {
  const encoding = headerOf(headers, "content-encoding") ?? "identity";
  if (encoding === "identity" || encoding === "") return;
  const publicMessage = `The body is encoded as ${encoding}, which is not taken here. Send it without Content-Encoding.`;
  throw new SluiceError({ code: "request/unsupported_media_type", publicMessage });
}

/** Names arrive in lower case. */
function headerOf(headers: HeaderPairs, wanted: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) if (headers[at] === wanted) return headers[at + 1];
  return undefined;
}

function notFound(publicMessage: string): SluiceError {
  return new SluiceError({ code: "route/not_found", publicMessage });
}
