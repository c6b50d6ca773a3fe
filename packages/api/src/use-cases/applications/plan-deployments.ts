/** What happens to each deployment when one revision takes over from another. Pure. */
import type { ApplicationSpec, PlanView, ResolvedDeployment } from "@sluice/contracts";
import { canonicalJson, canTakeInPlace, hasUserConfig, resolvedOptionClasses, stepBudget } from "@sluice/domain";
import type { JsonLike } from "@sluice/domain";
import type { RevisionDeployment, VersionedDeployment } from "@sluice/db";

type Line = PlanView["deployments"][number];

export interface DeploymentChange {
  readonly line: Line;
  readonly planned: VersionedDeployment | null;
  /** Replicas to start that do not run yet. */
  readonly added: number;
  /** Pool that runs already, for spreading. */
  readonly poolId: string;
  /** The pool whose replicas it takes the place of; null when it replaces none. */
  readonly replacesPoolId: string | null;
}

export interface RevisionSide {
  readonly spec: ApplicationSpec;
  readonly deployments: readonly RevisionDeployment[];
}

/** Numbers of replicas set by hand, by deployment: in force before the change, and still in force after it. */
export interface ManualScales {
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
}

export function planDeployments(
  before: RevisionSide | null,
  after: { readonly spec: ApplicationSpec; readonly deployments: readonly VersionedDeployment[] },
  manual: ManualScales = { before: {}, after: {} },
): DeploymentChange[] {
  const old = new Map(before?.deployments.map((deployment) => [deployment.deployment, deployment]));
  const kept = after.deployments.map((planned) =>
    planOne(before, after.spec, old.get(planned.resolved.name) ?? null, planned, manual),
  );
  const names = new Set(after.deployments.map((planned) => planned.resolved.name));
  const removed = [...old.values()]
    .filter((deployment) => !names.has(deployment.deployment))
    .map((deployment) => ({
      line: lineOf(deployment.resolved, null, "remove", "The new revision does not have it: its replicas drain."),
      planned: null,
      added: 0,
      poolId: deployment.poolId,
      replacesPoolId: null,
    }));
  return [...kept, ...removed];
}

function planOne(
  before: RevisionSide | null,
  spec: ApplicationSpec,
  old: RevisionDeployment | null,
  planned: VersionedDeployment,
  manual: ManualScales,
): DeploymentChange {
  const { resolved } = planned;
  const byHand = handNumber(resolved, manual.after);
  const count = byHand ?? resolved.num_replicas;
  const byHandNote = byHand === null ? "" : ` ${handWords(byHand, resolved.num_replicas)}`;
  if (before === null || old === null) {
    return {
      line: lineOf(resolved, byHand, "create", `It is new.${commandNote(resolved)}${byHandNote}`),
      planned,
      added: count,
      poolId: `new:${resolved.name}`,
      replacesPoolId: null,
    };
  }
  if (old.version === planned.version && old.reconfigureHash === planned.reconfigureHash) {
    const byHandBefore = handNumber(old.resolved, manual.before);
    const previous = byHandBefore ?? old.resolved.num_replicas;
    const reason =
      previous === count
        ? "Nothing that its replicas know has changed."
        : byHandBefore === null
          ? `num_replicas goes from ${previous} to ${count}.`
          : `The spec's new number ends the ${previous} set by hand: from ${previous} to ${count}.`;
    return {
      line: lineOf(resolved, byHand, "keep", `${reason}${byHandNote}`),
      planned,
      added: Math.max(0, count - previous),
      poolId: old.poolId,
      replacesPoolId: null,
    };
  }
  const fields = [...changedCode(before.spec, spec), ...changedOptions(old.resolved, resolved)];
  const what = fields.length === 0 ? "Its version changed" : `Changed: ${fields.join(", ")}`;
  if (canTakeInPlace(configuredOf(old), configuredOf(planned))) {
    const size = stepBudget(count, resolved.rolling_update_percentage);
    const reason = `${what}. Running replicas take it on in place, ${size} at a time.${byHandNote}`;
    const line = { ...lineOf(resolved, byHand, "reconfigure", reason), way: "move" as const, step_size: size };
    const previous = handNumber(old.resolved, manual.before) ?? old.resolved.num_replicas;
    const added = Math.max(0, count - previous);
    return { line, planned, added, poolId: old.poolId, replacesPoolId: null };
  }
  const note = fields.includes("process") ? commandNote(resolved) : configNote(old, planned);
  const line = lineOf(resolved, byHand, "restart", `${what}.${note}${byHandNote}`);
  return { line, planned, added: count, poolId: `new:${resolved.name}`, replacesPoolId: old.poolId };
}

function configuredOf({ version, resolved }: Pick<VersionedDeployment, "version" | "resolved">) {
  return { version, hasUserConfig: hasUserConfig(resolved) };
}

/** Why a change of an option that is taken in place otherwise needs new replicas. */
function configNote(old: RevisionDeployment, planned: VersionedDeployment): string {
  return old.version === planned.version ? " Code that was given a user_config cannot be without one again." : "";
}

/** The number set by hand; an autoscaler would own it. */
function handNumber(
  { name, autoscaling }: ResolvedDeployment,
  manual: Readonly<Record<string, number>>,
): number | null {
  return autoscaling === undefined ? (manual[name] ?? null) : null;
}

function handWords(byHand: number, spec: number): string {
  return `${byHand} ${byHand === 1 ? "replica" : "replicas"}, set by hand; the spec says ${spec}.`;
}

function lineOf(resolved: ResolvedDeployment, byHand: number | null, action: Line["action"], reason: string): Line {
  return {
    name: resolved.name,
    action,
    reason,
    way: null,
    step_size: null,
    autoscaling:
      resolved.autoscaling === undefined
        ? null
        : { min_replicas: resolved.autoscaling.min_replicas, max_replicas: resolved.autoscaling.max_replicas },
    num_replicas: byHand ?? resolved.num_replicas,
    manual_num_replicas: byHand,
    num_cpus: resolved.ray_actor_options.num_cpus,
    num_gpus: resolved.ray_actor_options.num_gpus,
  };
}

/** What will be started where, in the words of the spec. */
function commandNote({ process }: ResolvedDeployment): string {
  return process === undefined ? "" : ` Each replica runs \`${process.command.join(" ")}\`.`;
}

function changedCode(before: ApplicationSpec, after: ApplicationSpec): string[] {
  const parts: [string, JsonLike | undefined, JsonLike | undefined][] = [
    ["import_path", before.import_path, after.import_path],
    ["bundle", before.runtime_env.working_dir, after.runtime_env.working_dir],
    ["env_vars", before.runtime_env.env_vars, after.runtime_env.env_vars],
    ["args", before.args, after.args],
  ];
  return parts.filter(([, old, fresh]) => differs(old, fresh)).map(([name]) => name);
}

function changedOptions(before: ResolvedDeployment, after: ResolvedDeployment): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof ResolvedDeployment)[];
  return names.filter((name) => resolvedOptionClasses[name] !== "controller" && differs(before[name], after[name]));
}

function differs(before: JsonLike | undefined, after: JsonLike | undefined): boolean {
  return canonicalJson(before ?? null) !== canonicalJson(after ?? null);
}
