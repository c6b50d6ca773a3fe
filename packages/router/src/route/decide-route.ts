import type { RoutedPool, RoutedVariant, RoutingSlice } from "@sluice/contracts";
import { matchRoute } from "./match-route.ts";
import type { RouteTable } from "./match-route.ts";
import { pickVariant } from "./pick-variant.ts";
import { resolvePool } from "./resolve-pool.ts";

export type RouteDecision =
  | {
      readonly kind: "routed";
      readonly slice: RoutingSlice;
      readonly variant: RoutedVariant;
      readonly pool: RoutedPool;
    }
  | {
      readonly kind: "refused";
      readonly code: "route/not_found" | "gateway/no_ready_replica";
      readonly message: string;
      /** The application, when the path has one: its series counts the refusal. */
      readonly application: string | null;
    };

/** Path -> application -> variant -> ingress pool. `u` is uniform in [0, 1). */
export function decideRoute(table: RouteTable, path: string, u: number): RouteDecision {
  const slice = matchRoute(table, path);
  if (slice === undefined) {
    const known = [...table.byPrefix.keys()].sort();
    const list = known.length === 0 ? "No application is deployed." : `Routes: ${known.slice(0, 20).join(", ")}.`;
    return {
      kind: "refused",
      code: "route/not_found",
      message: `No application serves ${path}. ${list}`,
      application: null,
    };
  }
  const { application } = slice;
  const variant = pickVariant(slice.variants, u);
  if (variant === undefined) {
    const why = slice.message === "" ? "no revision has a ready replica" : slice.message;
    const message = `Application ${application} takes no requests now: ${why}`;
    return { kind: "refused", code: "gateway/no_ready_replica", message, application };
  }
  const pool = resolvePool(slice, variant.revision);
  if (pool === undefined) {
    const message = `Revision ${variant.revision} of application ${application} has no ingress pool.`;
    return { kind: "refused", code: "gateway/no_ready_replica", message, application };
  }
  return { kind: "routed", slice, variant, pool };
}
