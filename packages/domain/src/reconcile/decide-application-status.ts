import type { ApplicationState } from "../spec/application-status.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { LivePoolStatus } from "./plan-pool-statuses.ts";
import type { ApplicationVerdict, ReconcileSnapshot, RevisionFacts } from "./snapshot.ts";

export interface ApplicationStatusFacts {
  readonly snapshot: ReconcileSnapshot;
  readonly target: RevisionFacts | undefined;
  readonly failure: string | null;
  readonly traffic: EffectiveTraffic;
  /** The weights are the intended ones. */
  readonly isTrafficAsIntended: boolean;
  readonly livePools: readonly LivePoolStatus[];
  /** Replicas that did not end. */
  readonly running: number;
}

/** Ray Serve's state of an application: the worst of its live deployments wins. */
export function decideApplicationStatus(facts: ApplicationStatusFacts): ApplicationVerdict {
  const servingRevisions = facts.traffic.variants
    .filter(({ weight }) => weight > 0)
    .map(({ revision }) => revision)
    .sort((a, b) => a - b);
  const observedGeneration = facts.snapshot.application.generation;
  return { ...decideState(facts, servingRevisions), servingRevisions, observedGeneration };
}

function decideState(
  facts: ApplicationStatusFacts,
  serving: readonly number[],
): { state: ApplicationState; message: string } {
  if (facts.snapshot.application.deleting) {
    const { running } = facts;
    return {
      state: "DELETING",
      message: running === 0 ? "" : `${running} ${running === 1 ? "replica" : "replicas"} left to stop`,
    };
  }
  if (facts.failure !== null)
    return { state: "DEPLOY_FAILED", message: `${asSentence(facts.failure)}${stillServing(serving)}` };
  if (facts.target?.stage === "describing") {
    return { state: "DEPLOYING", message: `Describing revision ${facts.target.revision}.${stillServing(serving)}` };
  }
  const unhealthy = namesIn(facts, ["UNHEALTHY"]);
  if (unhealthy.length > 0) {
    return {
      state: "UNHEALTHY",
      message: `${subject(unhealthy)} UNHEALTHY. ${details(facts, unhealthy)}`,
    };
  }
  const moving = namesIn(facts, ["UPDATING", "UPSCALING", "DOWNSCALING"], ({ isScaling }) => !isScaling);
  if (moving.length > 0) return { state: "DEPLOYING", message: details(facts, moving) };
  if (!facts.isTrafficAsIntended) return { state: "DEPLOYING", message: facts.traffic.reason };
  return { state: "RUNNING", message: "" };
}

function subject(names: readonly string[]): string {
  return names.length === 1 ? `The deployment ${names[0]} is` : `The deployments ${names.join(", ")} are`;
}

function namesIn(
  { livePools }: ApplicationStatusFacts,
  states: readonly string[],
  isMeant: (pool: LivePoolStatus) => boolean = () => true,
): string[] {
  const found = livePools.filter((pool) => states.includes(pool.status.state) && isMeant(pool));
  return [...new Set(found.map(({ deployment }) => deployment))];
}

function details({ livePools }: ApplicationStatusFacts, names: readonly string[]): string {
  return livePools
    .filter(
      ({ deployment, status }) => names.includes(deployment) && status.message !== "" && status.state !== "HEALTHY",
    )
    .map(({ deployment, status }) => `${deployment}: ${status.message}`)
    .join("; ");
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function stillServing(serving: readonly number[]): string {
  if (serving.length === 0) return "";
  return serving.length === 1
    ? ` Revision ${serving[0]} still serves.`
    : ` Revisions ${serving.join(" and ")} still serve.`;
}
