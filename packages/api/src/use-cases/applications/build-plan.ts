/** The plan of a PUT: shown by the dry run, and answered by the PUT itself. Pure. */
import type { ApplicationSpec, BundleDescription, PlanView, PlanWarningCode } from "@sluice/contracts";
import { planRevisionDeployments } from "@sluice/db";
import { diffSpecs } from "@sluice/domain";
import type { RevisionStage } from "@sluice/domain";
import type { Outcome } from "./decide-outcome.ts";
import { keepManualScale } from "./keep-manual-scale.ts";
import type { PlanInputs } from "./load-plan-inputs.ts";
import { planDeployments } from "./plan-deployments.ts";
import type { ManualScales } from "./plan-deployments.ts";
import { planGpuMemory } from "./plan-gpu-memory.ts";
import { planNodes } from "./plan-nodes.ts";
import { withWays } from "./plan-ways.ts";

export interface PlannedChange {
  readonly spec: ApplicationSpec;
  readonly outcome: Outcome;
  /** Number the revision has or will get. */
  readonly revision: number;
  readonly stage: RevisionStage;
  readonly stageMessage: string;
  /** Null until known. */
  readonly description: BundleDescription | null;
  /** What was said of the file that the spec stands in. */
  readonly fileWarnings?: readonly string[];
}

export function buildPlan(inputs: PlanInputs, change: PlannedChange): PlanView {
  const { base } = inputs;
  const planned = change.description === null ? null : planRevisionDeployments(change.spec, change.description);
  const side = base === null ? null : { spec: base.revision.spec, deployments: base.deployments };
  const changes =
    planned?.ok === true
      ? planDeployments(
          side,
          { spec: change.spec, deployments: planned.deployments },
          manualScalesOf(inputs, change.spec),
        )
      : [];
  const placement = planNodes(changes, inputs.nodes, inputs.replicas);
  const coded = warningsOf(inputs, change, placement);
  return {
    outcome: change.outcome,
    revision: change.revision,
    stage: change.stage,
    stage_message: change.stageMessage,
    changes: diffOf(base?.revision.spec ?? null, change.spec),
    deployments: withWays(changes, placement.unplaced, inputs.nodes, inputs.replicas),
    ...placement,
    gpu_memory: planGpuMemory(changes, inputs.nodes, inputs.replicas),
    ends_split: change.outcome === "unchanged" ? [] : [...inputs.split],
    warnings: [
      ...coded.map(({ text }) => text),
      ...(change.fileWarnings ?? []),
      ...(planned?.ok === true ? planned.warnings.map(({ detail }) => detail) : []),
    ],
    coded_warnings: coded,
  };
}

function manualScalesOf({ application, base }: PlanInputs, spec: ApplicationSpec): ManualScales {
  const before = application?.manualScale ?? {};
  return { before, after: base === null ? {} : keepManualScale(before, base.revision.spec, spec) };
}

/** Field changes between two specs, absent sides as null. */
export function diffOf(before: ApplicationSpec | null, after: ApplicationSpec): PlanView["changes"] {
  if (before === null) return [];
  return diffSpecs(before, after).map((change) => ({
    pointer: change.pointer,
    before: (change.before ?? null) as PlanView["changes"][number]["before"],
    after: (change.after ?? null) as PlanView["changes"][number]["after"],
  }));
}

function warningsOf(
  inputs: PlanInputs,
  change: PlannedChange,
  placement: Pick<PlanView, "unplaced">,
): PlanView["coded_warnings"] {
  const warnings: PlanView["coded_warnings"] = [];
  const warn = (code: PlanWarningCode, text: string): void => void warnings.push({ code, text });
  if (change.outcome === "unchanged") return warnings;
  if (change.spec.route_prefix === null) warn("no_route", "Without a route prefix no gateway serves this application.");
  if (inputs.split.length > 0) {
    const weights = inputs.split.map(({ revision, weight }) => `revision ${revision}: ${weight} %`).join(", ");
    warn("ends_split", `The traffic split you set (${weights}) ends: all traffic goes to the new revision.`);
  }
  if (!inputs.nodes.some((node) => node.state === "ready")) {
    warn("no_node", "No node is ready, so nothing can start. Start an agent: `npm start` runs one on this machine.");
  } else if (placement.unplaced.length > 0) {
    const names = placement.unplaced.map((line) => line.deployment).join(", ");
    warn("no_room", `Not every replica has room now (${names}). The rest waits until there is.`);
  }
  const before = inputs.base?.revision;
  if (before?.stage === "describe_failed") {
    warn("base_not_described", `Revision ${before.number} could not be described: ${before.stageMessage}`);
  }
  return warnings;
}
