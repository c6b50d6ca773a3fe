import { applicationBrand } from "./brand.ts";
import { isApplication, isDeployment } from "./deployment.ts";
import type { Application, ApplicationBuilder, DeploymentClass } from "./deployment.ts";
import type { DeploymentOptions, JsonValue } from "./deployment-options.ts";
import { mapNested } from "./nested-arguments.ts";

/** One deployment of an application, with the name it has inside it. */
export interface GraphNode {
  readonly name: string;
  readonly target: DeploymentClass;
  readonly options: DeploymentOptions;
  /** Constructor arguments; bound deployments inside are {@link NodeReference}s. */
  readonly args: readonly unknown[];
  /** Names of the deployments whose handles it receives, in order of first appearance. */
  readonly outbound: readonly string[];
}

/** Stands in `args` where the host puts a handle. */
export class NodeReference {
  readonly deployment: string;
  constructor(deployment: string) {
    this.deployment = deployment;
  }
}

/** Deployments in depth-first order, callees before callers; the ingress is last. */
export interface ApplicationGraph {
  readonly ingress: string;
  readonly nodes: readonly GraphNode[];
}

/** What `import_path` may point at: a bound application, or a function that builds one from `args`. */
export async function buildApplication(
  exported: unknown,
  args: Readonly<Record<string, JsonValue>>,
): Promise<Application> {
  if (isApplication(exported)) return exported;
  if (isDeployment(exported))
    throw new TypeError("This is a deployment that was not bound. Export `X.bind(...)` instead.");
  if (typeof exported !== "function") {
    throw new TypeError("The import path must name a bound deployment (`X.bind(...)`) or a function that returns one.");
  }
  const built = await (exported as ApplicationBuilder)(args);
  if (!isApplication(built))
    throw new TypeError("The builder function must return a bound deployment (`X.bind(...)`).");
  return built;
}

/**
 * Walks a bound application. A bound deployment that is used twice is one node; two that share a name
 * get `_1`, `_2`, ... in order of appearance, as in Ray Serve. Deterministic: host and describe see the same names.
 */
export function graphOf(app: Application): ApplicationGraph {
  const nodes: GraphNode[] = [];
  const nameOf = new Map<Application, string>();
  const taken = new Set<string>();
  const open = new Set<Application>();

  const visit = (node: Application): string => {
    const known = nameOf.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) throw new TypeError("A deployment cannot be bound to itself.");
    open.add(node);
    const { target, options, args } = node[applicationBrand];
    const outbound = new Set<string>();
    const boundArgs = args.map((argument) =>
      mapNested(argument, isApplication, (inner) => {
        const name = visit(inner);
        outbound.add(name);
        return new NodeReference(name);
      }),
    );
    const name = freeName(options.name ?? target.name, taken);
    taken.add(name);
    nameOf.set(node, name);
    open.delete(node);
    nodes.push({ name, target, options, args: boundArgs, outbound: [...outbound] });
    return name;
  };

  const ingress = visit(app);
  return { ingress, nodes };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (wanted === "") throw new TypeError("A class without a name needs the option `name`.");
  if (!taken.has(wanted)) return wanted;
  let suffix = 1;
  while (taken.has(`${wanted}_${suffix}`)) suffix += 1;
  return `${wanted}_${suffix}`;
}
