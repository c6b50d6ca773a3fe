/** What the gateway itself answers in the Open Inference Protocol: about the server, and whether a model is ready. */
import type { RoutingSlice } from "@sluice/contracts";
import type { RouteTable } from "./match-route.ts";
import type { ModelPath } from "./model-path.ts";
import { modelPoolOf, modelVersions } from "./model-pools.ts";
import type { ModelVariant } from "./model-pools.ts";

/** JSON body with its status. Errors of the protocol are `{"error": "..."}`. */
export interface OwnAnswer {
  readonly kind: "own";
  readonly status: number;
  readonly body: unknown;
  /** The application whose requests count this one, when it was refused. */
  readonly application: string | null;
}

/** Extensions of the protocol that every model here speaks. */
export const inferenceExtensions: readonly string[] = ["binary_tensor_data"];

const serverVersion = "0.1.0";

export function errorAnswer(status: number, error: string): OwnAnswer {
  return ownAnswer(status, { error });
}

/** Health and metadata of the server, and the list of its models. */
export function answerForServer(
  table: RouteTable,
  path: ModelPath,
  request: { readonly method: string; readonly path: string; readonly isReady: boolean },
): OwnAnswer {
  const wanted = path.kind === "index" ? "POST" : "GET";
  const isKnown = path.kind !== "unknown" && path.kind !== "model";
  if (isKnown && !isMethod(request.method, wanted)) {
    return errorAnswer(405, `Use ${wanted} for ${request.path}, not ${request.method}.`);
  }
  switch (path.kind) {
    case "server":
      return ownAnswer(200, { name: "sluice", version: serverVersion, extensions: inferenceExtensions });
    case "live":
      return ownAnswer(200, { live: true });
    case "server_ready":
      return ownAnswer(request.isReady ? 200 : 503, { ready: request.isReady });
    case "list":
      return ownAnswer(200, { models: [...table.models.keys()].sort() });
    case "index":
      return ownAnswer(
        200,
        [...table.models.values()].flatMap(({ slice }) => indexEntries(slice)),
      );
    case "model":
      return errorAnswer(404, `There is no model "${path.model}". ${modelsText(table)}`);
    case "unknown":
      return errorAnswer(
        404,
        `${request.path} is not a path of the Open Inference Protocol here. ${modelsText(table)}`,
      );
  }
}

/** 200 when a replica could take a request now, else 503: load balancers go by the status. */
export function answerReadiness(slice: RoutingSlice, candidates: readonly ModelVariant[], method: string): OwnAnswer {
  if (!isMethod(method, "GET")) return errorAnswer(405, `Use GET to ask whether a model is ready, not ${method}.`);
  const isReady = candidates.some(({ pool }) => pool.backends.length > 0);
  return ownAnswer(isReady ? 200 : 503, { name: slice.application, ready: isReady });
}

function ownAnswer(status: number, body: unknown): OwnAnswer {
  return { kind: "own", status, body, application: null };
}

function isMethod(method: string, wanted: string): boolean {
  return method === wanted || (wanted === "GET" && method === "HEAD");
}

/** One entry per version, as Triton's repository index lists them. */
function indexEntries(slice: RoutingSlice): object[] {
  return modelVersions(slice).map((version) => {
    const isReady = (modelPoolOf(slice, Number(version))?.backends.length ?? 0) > 0;
    const state = isReady ? "READY" : "UNAVAILABLE";
    return { name: slice.application, version, state, reason: isReady ? "" : slice.message };
  });
}

function modelsText(table: RouteTable): string {
  const names = [...table.models.keys()].sort().slice(0, 20);
  return names.length === 0 ? "No model is deployed." : `Models: ${names.join(", ")}.`;
}
