/** Everything about a spec that only the database can say: do its bundles exist and fit, is its route free. */
import { describeWithoutNode, parseBundleRef, resolveDeployments, nameModelDeployment } from "@sluice/contracts";
import type { ApplicationSpec, BundleDescription, DescribeRequest, FieldIssue } from "@sluice/contracts";
import { describeKey, getBundle, getBundleDescription, getRouteOwner } from "@sluice/db";
import type { Bundle, Db } from "@sluice/db";
import type { ApiDeps } from "../../ports/api-deps.ts";

export async function findStoredIssues(
  deps: ApiDeps,
  spec: ApplicationSpec,
  request: DescribeRequest,
  db: Db = deps.db,
): Promise<FieldIssue[]> {
  // A program that needs no files of its own has no bundle.
  const issues =
    request.bundle === ""
      ? []
      : judgeBundle(spec, request, await getBundle(db, { projectId: deps.projectId, sha256: request.bundle }));
  return [...issues, ...(await findRouteIssue(deps, spec.name, spec.route_prefix, db))];
}

/** A prefix belongs to one application. The suggestion is the application's own name. */
export async function findRouteIssue(
  deps: ApiDeps,
  name: string,
  routePrefix: string | null,
  db: Db = deps.db,
): Promise<FieldIssue[]> {
  if (routePrefix === null) return [];
  const owner = await getRouteOwner(db, deps.projectId, routePrefix);
  if (owner === null || owner.name === name) return [];
  const isOwnNameTaken = routePrefix === `/${name}`;
  const example = isOwnNameTaken || name === "" ? `${routePrefix === "/" ? "" : routePrefix}/2` : `/${name}`;
  const leaving = owner.deletingAtMs === null ? "" : ", which is being deleted";
  const detail = `${routePrefix} already belongs to application ${owner.name}${leaving}. Choose another prefix, for example ${example}.`;
  return [{ pointer: "#/route_prefix", detail }];
}

/** Options that do not fit each other or what the bundle was found to hold, and those that are taken in another way. */
export function judgeOptions(
  spec: ApplicationSpec,
  description: BundleDescription,
): { readonly issues: readonly FieldIssue[]; readonly warnings: readonly FieldIssue[] } {
  const resolution = resolveDeployments(spec, nameModelDeployment(spec, description));
  return resolution.ok ? { issues: [], warnings: resolution.warnings } : { issues: resolution.issues, warnings: [] };
}

/** What is known without a node, or a description that succeeded before. Failures are asked again: what broke may be mended. */
export async function findKnownDescription(db: Db, request: DescribeRequest): Promise<BundleDescription | null> {
  const plain = describeWithoutNode(request);
  if (plain !== null) return plain;
  const known = await getBundleDescription(db, describeKey(request));
  return known?.ok === true ? known.description : null;
}

/** Pure. Whether the bundle is there and is what the spec takes it for. */
export function judgeBundle(
  spec: Pick<ApplicationSpec, "deployments" | "runtime_env">,
  request: DescribeRequest,
  bundle: Bundle | null,
): FieldIssue[] {
  const model = spec.deployments[0]?.model;
  const pointer =
    request.runtime === "onnx" && model !== undefined ? "#/deployments/0/model" : "#/runtime_env/working_dir";
  const issue = (detail: string): FieldIssue[] => [{ pointer, detail }];
  if (bundle === null) {
    return issue(`No bundle ${request.bundle.slice(0, 12)}... is stored here. Upload it first (POST /api/v1/bundles).`);
  }
  if (request.runtime === "process") {
    if (bundle.kind === "zip") return [];
    return issue(`\`${bundle.name}\` is one model file. A program needs its files as a zip.`);
  }
  if (request.runtime === "node") {
    if (bundle.kind === "zip") return [];
    return issue(`\`${bundle.name}\` is one model file, not code. Leave \`import_path\` out to serve it.`);
  }
  const file = model === undefined ? "" : parseBundleRef(model).file;
  if (bundle.kind === "file") {
    return file === "" ? [] : issue(`\`${bundle.name}\` is one file: leave \`/${file}\` off.`);
  }
  const models = bundle.files.map((entry) => entry.path).filter((path) => path.endsWith(".onnx"));
  if (models.includes(file)) return [];
  const known =
    models.length === 0 ? "it holds no .onnx file" : `for example \`${`bundle:${bundle.sha256}/${models[0]}`}\``;
  if (file !== "") return issue(`The bundle has no file \`${file}\`: ${known}.`);
  return issue(`The bundle is a zip. Give \`import_path\` for its code, or name the model in it: ${known}.`);
}
