import type { ApplicationSpec } from "@sluice/contracts";
import { canonicalJson } from "@sluice/domain";

/**
 * Numbers set by hand that outlive a deploy: those of deployments whose spec says the same about their number of replicas as
 * before. A new number in the spec, or autoscaling, is the newer word. Pure.
 */
export function keepManualScale(
  manualScale: Readonly<Record<string, number>>,
  before: ApplicationSpec,
  after: ApplicationSpec,
): Record<string, number> {
  const numberOf = (spec: ApplicationSpec, name: string): string => {
    const options = spec.deployments.find((deployment) => deployment.name === name);
    const { num_replicas = null, autoscaling_config = null } = options ?? {};
    return canonicalJson({ num_replicas, autoscaling_config });
  };
  return Object.fromEntries(
    Object.entries(manualScale).filter(([name]) => numberOf(before, name) === numberOf(after, name)),
  );
}
