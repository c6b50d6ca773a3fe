import { defaultRetryBudget } from "../retry-budget.ts";
import type { RetryBudgetPolicy } from "../retry-budget.ts";
import { defaultEjectionPolicy } from "./decide-ejection.ts";
import type { EjectionPolicy } from "./decide-ejection.ts";

export interface RouterOptions {
  /** The caller's own node: its replicas are preferred while they have room. "" = no preference. */
  readonly nodeId: string;
  /** A request is held so long while its pool has no working replica (scaling from zero, all lost); a deadline may be shorter. */
  readonly unavailableWaitMs: number;
  /**
   * A request waits so long for a replica that holds its model, times a number between 1 and 2 so that not all give up at
   * once (Ray Serve: RAY_SERVE_MULTIPLEXED_MODEL_ID_MATCHING_TIMEOUT_S).
   */
  readonly modelMatchMs: number;
  readonly ejection: EjectionPolicy;
  readonly retryBudget: RetryBudgetPolicy;
}

export const defaultRouterOptions: RouterOptions = {
  nodeId: "",
  unavailableWaitMs: 60_000,
  modelMatchMs: 1_000,
  ejection: defaultEjectionPolicy,
  retryBudget: defaultRetryBudget,
};
