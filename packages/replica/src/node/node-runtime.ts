import { SluiceError } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import { buildApplication, graphOf, mapNested, methodsOf, NodeReference } from "@sluice/sdk";
import type { GraphNode, JsonValue } from "@sluice/sdk";
import { runInRequest } from "../handles/request-context.ts";
import type { Answer, IncomingRequest, Runtime } from "../runtime.ts";
import { answerOfValue, jsonAnswer } from "../serve/json-answer.ts";
import { readArguments, readJsonBody } from "../serve/read-request.ts";
import { answerOfResponse } from "./answer-of-response.ts";
import { LazyRequest } from "./lazy-request.ts";
import { loadExport } from "./load-export.ts";
import { prepareWebGlobals } from "./web-globals.ts";

/** A user's class as the host calls it; which of these exist is checked before use. */
interface Instance {
  fetch?(request: Request): unknown;
  call?(input: unknown): unknown;
  init?(): unknown;
  reconfigure?(userConfig: JsonValue): unknown;
  checkHealth?(): unknown;
  dispose?(): unknown;
  [Symbol.asyncDispose]?(): unknown;
  [Symbol.dispose]?(): unknown;
}

/** Imports the user's module, finds this replica's deployment in the graph, makes its instance and runs its hooks. */
export async function loadNodeRuntime(
  launch: HostLaunch,
  makeHandle: (deployment: string) => unknown,
): Promise<Runtime> {
  prepareWebGlobals();
  const exported = await loadExport(launch.bundleDir, launch.importPath);
  const graph = graphOf(await buildApplication(exported, launch.args));
  const node = graph.nodes.find(({ name }) => name === launch.deployment);
  if (node === undefined) {
    const names = graph.nodes.map(({ name }) => name).join(", ");
    throw new Error(`The application has no deployment "${launch.deployment}". It has: ${names}.`);
  }
  const instance = construct(node, makeHandle);
  await instance.init?.();
  const userConfig = launch.userConfig ?? node.options.userConfig;
  if (userConfig !== undefined) await reconfigure(instance, userConfig, node.name);
  const methods = new Set(methodsOf(Object.getPrototypeOf(instance) as object));
  const answer = (request: IncomingRequest): Answer | Promise<Answer> =>
    request.head.kind === "call" ? answerCall(instance, methods, request) : answerHttp(instance, request);
  return {
    // Only code that can call handles needs to know its request.
    answer: node.outbound.length === 0 ? answer : (request) => runInRequest(request, () => answer(request)),
    checkHealth: async () => {
      if ((await instance.checkHealth?.()) === false) throw new Error("checkHealth() answered false");
    },
    reconfigure: async (changed) => reconfigure(instance, changed, node.name),
    dispose: async () => {
      await (instance.dispose?.() ?? instance[Symbol.asyncDispose]?.() ?? instance[Symbol.dispose]?.());
    },
  };
}

function construct(node: GraphNode, makeHandle: (deployment: string) => unknown): Instance {
  const isReference = (value: unknown): value is NodeReference => value instanceof NodeReference;
  const args = node.args.map((argument) =>
    mapNested(argument, isReference, (reference) => makeHandle(reference.deployment)),
  );
  return new node.target(...(args as never[]));
}

async function reconfigure(instance: Instance, userConfig: JsonValue, deployment: string): Promise<void> {
  if (typeof instance.reconfigure !== "function") {
    throw new Error(`${deployment} has a user_config but no method reconfigure(userConfig) to take it.`);
  }
  await instance.reconfigure(userConfig);
}

function answerHttp(instance: Instance, request: IncomingRequest): Answer | Promise<Answer> {
  const { head } = request;
  if (typeof instance.fetch === "function" && head.kind === "http") {
    try {
      // Read by shape: the lazy request has every member of a Request.
      const returned = instance.fetch(new LazyRequest(request, head) as unknown as Request);
      return isThenable(returned) ? returned.then(answerOfReturned, answerOfThrown) : answerOfReturned(returned);
    } catch (error) {
      return answerOfThrown(error);
    }
  }
  if (typeof instance.call === "function") return answerJson(instance, request);
  throw new SluiceError({
    code: "route/not_found",
    publicMessage: "This deployment does not answer HTTP: it has neither fetch(request) nor call(input).",
  });
}

async function answerJson(instance: Instance, request: IncomingRequest): Promise<Answer> {
  const input = await readJsonBody(request);
  return jsonAnswer(200, (await instance.call?.(input)) ?? null);
}

async function answerCall(instance: Instance, methods: ReadonlySet<string>, request: IncomingRequest): Promise<Answer> {
  const { method } = request.head;
  if (!methods.has(method) || method === "fetch") {
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: `There is no method ${method}. Methods: ${[...methods].join(", ")}.`,
    });
  }
  const args = await readArguments(request);
  const callable = (instance as Record<string, (...args: readonly unknown[]) => unknown>)[method];
  return { kind: "result", value: await callable?.apply(instance, [...args]) };
}

function answerOfReturned(value: unknown): Answer {
  return value instanceof Response ? answerOfResponse(value) : answerOfValue(value);
}

/** `throw new Response("no such user", { status: 404 })` is an answer, too. */
function answerOfThrown(error: unknown): Answer {
  if (error instanceof Response) return answerOfResponse(error);
  throw error;
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
