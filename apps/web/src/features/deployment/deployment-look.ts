/** How the state of a deployment reads, with its reason. Pure. */
import type { DeploymentView } from "@sluice/contracts";
import { deploymentLook } from "../../components/states.ts";
import type { StateLook } from "../../components/states.ts";

export interface DeploymentLook extends StateLook {
  /** Empty where all is well. */
  readonly reason: string;
}

/**
 * The state is that of the target revision. Where it has nothing left to do, because an older one serves again, replicas may be
 * missing all the same.
 */
export function lookOfDeployment({
  status,
  message,
  ready_replicas: ready,
  target_num_replicas: wanted,
}: Pick<DeploymentView, "status" | "message" | "ready_replicas" | "target_num_replicas">): DeploymentLook {
  if (status !== "HEALTHY")
    return {
      ...deploymentLook[status],
      reason: message === "" ? "The controller has not given a reason yet." : message,
    };
  if (ready >= wanted) return { ...deploymentLook.HEALTHY, reason: "" };
  return {
    tone: "warn",
    word: "Replicas missing",
    reason: `${ready} of ${wanted} replicas are ready. ${message}`.trim(),
  };
}

/** Said behind a number of replicas that the spec did not ask for; empty where it did. */
export function byHandWords({
  manual_num_replicas: manual,
  options,
}: Pick<DeploymentView, "manual_num_replicas" | "options">): string {
  return manual === null ? "" : `, set by hand (the spec says ${options.num_replicas})`;
}
