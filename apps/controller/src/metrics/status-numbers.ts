import type { ApplicationState, DeploymentState } from "@sluice/domain";

/** Ray Serve's numbers of application states. */
export const applicationStateNumber: Readonly<Record<ApplicationState, number>> = {
  DEPLOY_FAILED: 1,
  UNHEALTHY: 2,
  NOT_STARTED: 3,
  DELETING: 4,
  DEPLOYING: 5,
  RUNNING: 6,
};

/** Ray Serve's numbers of deployment states; a lower one is worse. */
export const deploymentStateNumber: Readonly<Record<DeploymentState, number>> = {
  DEPLOY_FAILED: 1,
  UNHEALTHY: 2,
  UPDATING: 3,
  UPSCALING: 4,
  DOWNSCALING: 5,
  HEALTHY: 6,
};

export interface PoolState {
  readonly application: string;
  readonly deployment: string;
  readonly state: DeploymentState;
  readonly wanted: number;
}

/**
 * One number per deployment: the worst of the pools that are wanted. A deployment whose pools are all being emptied shows
 * the worst of them.
 */
export function numberDeployments(
  pools: readonly PoolState[],
): { readonly application: string; readonly deployment: string; readonly value: number }[] {
  const groups = new Map<string, PoolState[]>();
  for (const pool of pools) {
    const key = JSON.stringify([pool.application, pool.deployment]);
    groups.set(key, [...(groups.get(key) ?? []), pool]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const wanted = group.filter((pool) => pool.wanted > 0);
    const counted = wanted.length > 0 ? wanted : group;
    const value = Math.min(...counted.map((pool) => deploymentStateNumber[pool.state]));
    return [{ application: first.application, deployment: first.deployment, value }];
  });
}
