import { hookNames, mapNested, NodeReference } from "@sluice/sdk";
import type { GraphNode, JsonValue, ServerWebSocket } from "@sluice/sdk";

/** A user's class as the host calls it; which of these exist is checked before use. */
export interface Instance {
  fetch?(request: Request): unknown;
  call?(input: unknown): unknown;
  websocket?(socket: ServerWebSocket, request: Request): unknown;
  init?(): unknown;
  reconfigure?(userConfig: JsonValue): unknown;
  checkHealth?(): unknown;
  dispose?(): unknown;
  [Symbol.asyncDispose]?(): unknown;
  [Symbol.dispose]?(): unknown;
}

/** Runs the constructor with its bound arguments, then `init()`, then `reconfigure(userConfig)` when there is a config. */
export async function startInstance(
  node: GraphNode,
  makeHandle: (deployment: string) => unknown,
  userConfig: JsonValue | undefined,
): Promise<Instance> {
  const isReference = (value: unknown): value is NodeReference => value instanceof NodeReference;
  const args = node.args.map((argument) =>
    mapNested(argument, isReference, (reference) => makeHandle(reference.deployment)),
  );
  const instance: Instance = new node.target(...(args as never[]));
  await instance.init?.();
  if (userConfig !== undefined) await reconfigureInstance(instance, userConfig, node.name);
  return instance;
}

export async function reconfigureInstance(
  instance: Instance,
  userConfig: JsonValue,
  deployment: string,
): Promise<void> {
  if (typeof instance.reconfigure !== "function") {
    throw new Error(`${deployment} has a user_config but no method reconfigure(userConfig) to take it.`);
  }
  await instance.reconfigure(userConfig);
}

/** `dispose()`, or what the language calls it. */
export async function disposeInstance(instance: Instance): Promise<void> {
  await (instance.dispose?.() ?? instance[Symbol.asyncDispose]?.() ?? instance[Symbol.dispose]?.());
}

/**
 * Methods that handles may call: those of the class and its parents, and functions that the constructor left in fields
 * (`predict = async () => ...`), without hooks, `fetch`, `websocket`, and names that begin with `_`.
 */
export function callableMethods(instance: object): Set<string> {
  const names = new Set<string>();
  for (let level: object | null = instance; level !== null && level !== Object.prototype;) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof property.value === "function") names.add(name);
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  for (const name of names)
    if (hookNames.has(name) || name === "fetch" || name === "websocket" || name.startsWith("_")) names.delete(name);
  return names;
}
