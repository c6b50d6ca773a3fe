import { SluiceError } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import { buildApplication, graphOf } from "@sluice/sdk";
import type { ApplicationGraph } from "@sluice/sdk";
import { isRequestWanted, provideReplicaContext } from "@sluice/sdk/host";
import { runHosted } from "../handles/hosted-request.ts";
import type { HostedRequest } from "../handles/hosted-request.ts";
import type { Answer, IncomingRequest, Runtime } from "../runtime.ts";
import { answerOfValue, jsonAnswer } from "../serve/json-answer.ts";
import { readArguments, readJsonBody } from "../serve/read-request.ts";
import { answerOfResponse } from "./answer-of-response.ts";
import { callableMethods, disposeInstance, reconfigureInstance, startInstance } from "./instance.ts";
import type { Instance } from "./instance.ts";
import { LazyRequest } from "./lazy-request.ts";
import { loadExport } from "./load-export.ts";
import { answerOfItems } from "./answer-of-items.ts";
import { isItemStream, streamMethodsOf } from "./stream-methods.ts";
import { isResponse, prepareWebGlobals } from "./web-globals.ts";
import { answerWebSocket, isWebSocketRequest } from "./websocket/answer-websocket.ts";

/** Makes the handle that stands for a deployment; `streamMethods`: those of its methods that are known to stream. */
export type MakeHandle = (deployment: string, streamMethods: ReadonlySet<string>) => unknown;

/** Imports the user's module, finds this replica's deployment in the graph, makes its instance and runs its hooks. */
export async function loadNodeRuntime(launch: HostLaunch, makeHandle: MakeHandle): Promise<Runtime> {
  prepareWebGlobals();
  provideReplicaContext(launch);
  const exported = await loadExport(launch.bundleDir, launch.importPath);
  const graph = graphOf(await buildApplication(exported, launch.args));
  const node = nodeOf(graph, launch.deployment);
  const userConfig = launch.userConfig ?? node.options.userConfig;
  const instance = await startInstance(node, (name) => makeHandle(name, streamMethodsIn(graph, name)), userConfig);
  if (node.name === graph.ingress) checkIngress(instance, node.name);
  const methods = callableMethods(instance);
  const answer = (request: IncomingRequest): Answer | Promise<Answer> =>
    request.head.kind === "call" ? answerCall(instance, methods, request) : answerHttp(instance, request);
  // Only code that calls handles, or asks for its request, needs to carry it along.
  const carriesContext = node.outbound.length > 0 || isRequestWanted();
  const answerInside = (request: IncomingRequest, context: HostedRequest): Answer | Promise<Answer> =>
    runHosted(context, () => answer(request));
  return {
    carriesContext,
    answer: carriesContext ? answerInside : answer,
    checkHealth: async () => {
      if ((await instance.checkHealth?.()) === false) throw new Error("checkHealth() answered false");
    },
    reconfigure: async (changed) => reconfigureInstance(instance, changed, node.name),
    dispose: () => disposeInstance(instance),
  };
}

function nodeOf(graph: ApplicationGraph, deployment: string): ApplicationGraph["nodes"][number] {
  const node = graph.nodes.find(({ name }) => name === deployment);
  if (node !== undefined) return node;
  const names = graph.nodes.map(({ name }) => name).join(", ");
  throw new Error(`The application has no deployment "${deployment}". It has: ${names}.`);
}

function streamMethodsIn(graph: ApplicationGraph, deployment: string): ReadonlySet<string> {
  return streamMethodsOf(graph.nodes.find(({ name }) => name === deployment)?.target);
}

/** Fields are only known once the constructor has run, so this is where it is certain. */
function checkIngress(instance: Instance, name: string): void {
  const entries = ["fetch", "call", "websocket"] as const;
  if (entries.some((entry) => typeof instance[entry] === "function")) return;
  throw new Error(`${name} is the ingress and needs fetch(request), call(input) or websocket(socket, request).`);
}

function answerHttp(instance: Instance, request: IncomingRequest): Answer | Promise<Answer> {
  const { head } = request;
  if (head.kind === "http" && isWebSocketRequest(head)) {
    if (typeof instance.websocket !== "function") throw noWebSocket();
    const asked = new LazyRequest(request, head) as unknown as Request;
    return answerWebSocket(request, head, (socket) => instance.websocket?.(socket, asked));
  }
  if (typeof instance.fetch === "function" && head.kind === "http") {
    try {
      // Read by shape: the lazy request has every member of a Request.
      const returned = instance.fetch(new LazyRequest(request, head) as unknown as Request);
      return isThenable(returned)
        ? Promise.resolve(returned).then(answerOfReturned, answerOfThrown)
        : answerOfReturned(returned);
    } catch (error) {
      return answerOfThrown(error);
    }
  }
  if (typeof instance.call === "function") return answerJson(instance, request);
  throw new SluiceError({
    code: "route/not_found",
    publicMessage:
      typeof instance.websocket === "function"
        ? "This deployment speaks WebSocket only: connect with ws:// instead."
        : "This deployment does not answer HTTP: it has neither fetch(request) nor call(input).",
  });
}

async function answerJson(instance: Instance, request: IncomingRequest): Promise<Answer> {
  const input = await readJsonBody(request);
  try {
    const output = await instance.call?.(input);
    return isItemStream(output) ? answerOfItems(output) : jsonAnswer(200, output ?? null);
  } catch (error) {
    return answerOfThrown(error);
  }
}

/** Its body would never end, so user code that reads it would wait for ever. */
function noWebSocket(): SluiceError {
  return new SluiceError({
    code: "request/invalid",
    publicMessage: "This deployment speaks no WebSocket: it has no websocket(socket, request).",
  });
}

function answerCall(
  instance: Instance,
  methods: ReadonlySet<string>,
  request: IncomingRequest,
): Answer | Promise<Answer> {
  const { method } = request.head;
  if (!methods.has(method)) {
    // A fault of the code that calls, not of the client whose request it answers: 500, with the stack in its log.
    throw new TypeError(`There is no method ${method}. Methods: ${[...methods].join(", ")}.`);
  }
  const args = readArguments(request);
  if (args instanceof Promise) return args.then((read) => callMethod(instance, method, read));
  return callMethod(instance, method, args);
}

function callMethod(instance: Instance, method: string, args: readonly unknown[]): Answer | Promise<Answer> {
  const callable = (instance as Record<string, (...args: readonly unknown[]) => unknown>)[method];
  const returned = callable?.apply(instance, args as unknown[]);
  return isThenable(returned) ? Promise.resolve(returned).then(answerOfResult) : answerOfResult(returned);
}

function answerOfResult(value: unknown): Answer {
  return isItemStream(value) ? { kind: "items", items: value } : { kind: "result", value };
}

function answerOfReturned(value: unknown): Answer {
  if (isResponse(value)) return answerOfResponse(value);
  return isItemStream(value) ? answerOfItems(value) : answerOfValue(value);
}

/** `throw new Response("no such user", { status: 404 })` is an answer, too. */
function answerOfThrown(error: unknown): Answer {
  if (isResponse(error)) return answerOfResponse(error);
  throw error;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
