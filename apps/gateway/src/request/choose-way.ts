import type { ErrorCode } from "@sluice/contracts";
import { decideModelRoute, decideRoute, type OwnAnswer, type RouteTable } from "@sluice/router";
import type { Exchange } from "../exchange/exchange.ts";
import type { Way } from "./request-plan.ts";

export type WayDecision =
  | ({ readonly kind: "routed" } & Way)
  | OwnAnswer
  | {
      readonly kind: "refused";
      readonly code: ErrorCode;
      readonly message: string;
      /** The application, when the path has one: its series counts the refusal. */
      readonly application: string | null;
    };

/** Path -> application, variant and pool: by the paths of models (`/v2`), else by route prefixes. */
export function chooseWay(
  table: RouteTable,
  exchange: Exchange,
  path: string,
  isReady: boolean,
  random: () => number,
): WayDecision {
  const u = random();
  if (path.startsWith("/v2")) {
    const model = decideModelRoute(table, { method: exchange.method, path, isReady }, u);
    if (model.kind === "own") return model;
    if (model.kind === "routed") {
      const { slice, variant, pool } = model;
      return { kind: "routed", slice, variant, pool, target: model.path + exchange.target.slice(path.length) };
    }
  }
  const route = decideRoute(table, path, u);
  if (route.kind === "refused") return route;
  return { kind: "routed", slice: route.slice, variant: route.variant, pool: route.pool, target: exchange.target };
}
