/**
 * The Open Inference Protocol at the gateway's own `/v2`. A model is an application whose ingress is a model file, under the
 * application's name; its versions are the revisions that run now. A deployment behind an ingress of code is no model here:
 * whoever could reach it past the ingress would pass by the checks that the code makes.
 */
import type { RoutedPool, RoutedVariant, RoutingSlice } from "@sluice/contracts";
import { matchRoute } from "./match-route.ts";
import type { RouteTable } from "./match-route.ts";
import { parseModelPath } from "./model-path.ts";
import type { ModelPath } from "./model-path.ts";
import { modelPoolOf, modelVersions } from "./model-pools.ts";
import type { ModelVariant, RoutedModel } from "./model-pools.ts";
import { answerForServer, answerReadiness, errorAnswer } from "./model-answers.ts";
import type { OwnAnswer } from "./model-answers.ts";
import { pickVariant } from "./pick-variant.ts";

export interface ModelRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The gateway takes requests: it knows its routes and is not being stopped. */
  readonly isReady: boolean;
}

export type ModelRouteDecision =
  /** Not a path of the protocol, or one that an application has claimed: decide it like any other path. */
  | { readonly kind: "none" }
  | OwnAnswer
  | {
      readonly kind: "routed";
      readonly slice: RoutingSlice;
      readonly variant: RoutedVariant;
      readonly pool: RoutedPool;
      /** Path for the replica: below the application's own prefix. The query of the request follows it unchanged. */
      readonly path: string;
    };

const none = { kind: "none" } as const;

/** Path -> a model's pool, an answer of the gateway itself, or nothing of the protocol. `u` is uniform in [0, 1). */
export function decideModelRoute(table: RouteTable, request: ModelRequest, u: number): ModelRouteDecision {
  const parsed = parseModelPath(request.path);
  if (parsed === undefined) return none;
  const claimed = matchRoute(table, request.path);
  // An application that was given `/v2` or something below it has asked for these paths.
  if (claimed !== undefined && claimed.routePrefix !== "/") return none;
  const model = parsed.kind === "model" ? table.models.get(parsed.model) : undefined;
  if (parsed.kind === "model" && model !== undefined) return decideForModel(model, parsed, request, u);
  // An application at `/` may speak the protocol itself, as a server of models inside it does.
  const isNamed = parsed.kind === "model" || parsed.kind === "unknown";
  if (claimed !== undefined && (isNamed || table.models.size === 0)) return none;
  return answerForServer(table, parsed, request);
}

function decideForModel(
  { slice, variants }: RoutedModel,
  parsed: Extract<ModelPath, { kind: "model" }>,
  request: ModelRequest,
  u: number,
): ModelRouteDecision {
  const { application } = slice;
  const { version, verb } = parsed;
  const candidates = version === "" ? variants : pinnedVariant(slice, version);
  if (candidates.length === 0 && version !== "") {
    const versions = modelVersions(slice).join(", ");
    return errorAnswer(404, `Model "${application}" has no version "${version}". Versions that run: ${versions}.`);
  }
  if (verb === "ready") return answerReadiness(slice, candidates, request.method);
  const chosen = pickCandidate(candidates, u);
  if (chosen === undefined) {
    const why = slice.message === "" ? "no revision has a ready replica" : slice.message;
    return { ...errorAnswer(503, `Model "${application}" takes no requests now: ${why}`), application };
  }
  const { routePrefix } = slice;
  const path = routePrefix === null || routePrefix === "/" ? request.path : routePrefix + request.path;
  return { kind: "routed", slice, variant: chosen.variant, pool: chosen.pool, path };
}

/** The usual application has one. */
function pickCandidate(candidates: readonly ModelVariant[], u: number): ModelVariant | undefined {
  if (candidates.length <= 1) return candidates[0];
  const picked = pickVariant(
    candidates.map(({ variant }) => variant),
    u,
  );
  return candidates.find(({ variant }) => variant === picked);
}

/** A version is asked for by its number, whatever its share of the traffic is. */
function pinnedVariant(slice: RoutingSlice, version: string): readonly ModelVariant[] {
  if (!/^[1-9][0-9]{0,8}$/.test(version)) return [];
  const pool = modelPoolOf(slice, Number(version));
  if (pool === undefined) return [];
  return [{ variant: { variant: `r${version}`, revision: Number(version), weight: 100 }, pool }];
}
