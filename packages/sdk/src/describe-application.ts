import { DeploymentSpec } from "@sluice/contracts";
import type { BundleDescription } from "@sluice/contracts";
import type { Application, DeploymentClass } from "./deployment.ts";
import type { DeploymentOptions } from "./deployment-options.ts";
import { graphOf } from "./graph.ts";
import type { GraphNode } from "./graph.ts";
import { hookNames } from "./handle.ts";
import { modelFileOf, modelSnakeCaseOf } from "./onnx-model.ts";
import { toSnakeCase } from "./option-names.ts";

/** One of them makes a class an ingress. */
const ingressMethods = ["fetch", "call", "websocket"] as const;

/** What the platform needs to know about an application without running it: deployments, options, edges, methods. */
export function describeApplication(app: Application): BundleDescription {
  const graph = graphOf(app);
  return {
    ingress: graph.ingress,
    deployments: graph.nodes.map((node) => describeNode(node, node.name === graph.ingress)),
  };
}

function describeNode(node: GraphNode, isIngress: boolean): BundleDescription["deployments"][number] {
  const modelFile = modelFileOf(node.target);
  if (modelFile !== undefined) {
    const options = toDeploymentSpec(node.name, node.options, "onnx");
    return { options, outbound: [], methods: ["call", "predict", "fetch"], hooks: [], modelFile };
  }
  const methods = methodsOf(node.target.prototype as object);
  if (isIngress && !ingressMethods.some((name) => methods.includes(name)) && !mayHaveIngressField(node.target)) {
    throw new TypeError(
      `${node.name} is the ingress and needs a method fetch(request), call(input) or websocket(socket, request).`,
    );
  }
  const hooks = [...hookNames].filter((name) => name !== "constructor" && name in (node.target.prototype as object));
  return { options: toDeploymentSpec(node.name, node.options), outbound: [...node.outbound], methods, hooks };
}

/**
 * `fetch = app.fetch` is a field: it is there only once the constructor has run, which describing must not do. The source
 * tells whether there may be one; the host refuses the instance if it has none after all.
 */
function mayHaveIngressField(target: DeploymentClass): boolean {
  for (let level: unknown = target; typeof level === "function"; level = Object.getPrototypeOf(level)) {
    if (/\b(fetch|call|websocket)["']?\s*[=,]/.test(Function.prototype.toString.call(level))) return true;
  }
  return false;
}

/** camelCase options -> Ray Serve's names, validated. An unknown option is refused by its name, never ignored. */
export function toDeploymentSpec(
  name: string,
  options: DeploymentOptions,
  runtime: "node" | "onnx" = "node",
): DeploymentSpec {
  const stray = Object.keys(modelSnakeCaseOf).find((key) => runtime === "node" && key in options);
  if (stray !== undefined)
    throw new TypeError(`Options of deployment ${name}: ${stray} belongs to a model, onnx(file).`);
  const parsed = DeploymentSpec.safeParse({ ...toSnakeCase(options), name, runtime });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${camelPath(issue.path)}: ${issue.message}`);
  throw new TypeError(`Options of deployment ${name}: ${lines.join(" ")}`);
}

/** The user reads errors in the spelling of the code. */
function camelPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "options";
  return path.map((part) => String(part).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())).join(".");
}

/** Methods callers may use: those of the class and its parents, without hooks and names that begin with `_`. */
export function methodsOf(prototype: object): string[] {
  const names = new Set<string>();
  for (let level: object | null = prototype; level !== null && level !== Object.prototype;) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof property.value === "function" && !hookNames.has(name) && !name.startsWith("_")) names.add(name);
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return [...names].sort();
}
