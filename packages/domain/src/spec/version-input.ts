import { canonicalJson } from "./canonical-json.ts";
import type { JsonLike } from "./canonical-json.ts";
import { resolvedOptionClasses } from "./option-classes.ts";
import type { OptionClass } from "./option-classes.ts";

/**
 * A resolved deployment, option by option. Any option of `resolvedOptionClasses` may be there; what an earlier release did not
 * know is in the texts below only where it differs from its default, so that an upgrade restarts nothing.
 */
export interface VersionedDeployment {
  readonly name: string;
  readonly runtime: string;
  readonly model?: string | undefined;
  /** What the runtime `process` starts. */
  readonly process?: JsonLike | undefined;
  /** How the runtime `onnx` runs its model. */
  readonly batching?: JsonLike | undefined;
  readonly execution_providers?: JsonLike | undefined;
  readonly max_ongoing_requests: number;
  readonly user_config?: JsonLike | undefined;
  readonly backpressure?: JsonLike | undefined;
  readonly logging?: JsonLike | undefined;
  readonly health_check_period_s: number;
  readonly health_check_timeout_s: number;
  readonly graceful_shutdown_wait_loop_s: number;
  readonly graceful_shutdown_timeout_s: number;
  readonly max_replicas_per_node: number | null;
  readonly vram_bytes?: number | null | undefined;
  readonly placement?: JsonLike | undefined;
  /** The deployment's own, laid over those of the code. */
  readonly env_vars?: Readonly<Record<string, string>> | undefined;
  readonly ray_actor_options: {
    readonly num_cpus: number;
    readonly num_gpus: number;
    readonly memory: number;
    readonly resources: Readonly<Record<string, number>>;
    readonly accelerator_type?: string | null | undefined;
    readonly label_selector?: JsonLike | undefined;
    readonly fallback_strategy?: JsonLike | undefined;
  };
}

/** The code an application's deployments come from. */
export interface VersionedCode {
  /** sha256 of the bundle; empty for a pure model application, whose `model` names it. */
  readonly bundle: string;
  readonly importPath: string;
  readonly args: Readonly<Record<string, JsonLike>>;
  readonly envVars: Readonly<Record<string, string>>;
}

/** Options with which a replica runs as before they existed. */
const quietDefaults: Readonly<Record<string, JsonLike>> = {
  vram_bytes: null,
  logging: {},
  accelerator_type: null,
  label_selector: {},
  fallback_strategy: [],
};

/**
 * Canonical text of the restart-class fields: another text means other processes. Its sha256 is the deployment's version.
 * Replica counts, queue limits and retry counts are in neither text: they change nothing in a replica.
 */
export function restartVersionInput(code: VersionedCode, deployment: VersionedDeployment): string {
  return canonicalJson({
    ...optionsOf(deployment, "restart"),
    bundle: code.bundle,
    import_path: code.importPath,
    args: code.args,
    env_vars: { ...code.envVars, ...deployment.env_vars },
    ray_actor_options: loud({ ...deployment.ray_actor_options }),
  });
}

/** Null is none, as in Ray Serve. */
export function hasUserConfig({ user_config: userConfig }: Pick<VersionedDeployment, "user_config">): boolean {
  return userConfig !== undefined && userConfig !== null;
}

/**
 * Whether running replicas of one deployment can go on as another. The first user_config is given to them like any later one; from
 * one to none there is no way back: what the constructor set is gone, and code is called with a config only. Ray Serve leaves such
 * replicas as they are; here a revision without user_config has none in any replica, and a rollback to it brings that back.
 */
export function canTakeInPlace(
  before: { readonly version: string; readonly hasUserConfig: boolean },
  after: { readonly version: string; readonly hasUserConfig: boolean },
): boolean {
  return before.version === after.version && (after.hasUserConfig || !before.hasUserConfig);
}

/** Canonical text of the reconfigure-class fields: with an equal version, another text means another pool. */
export function reconfigureVersionInput(deployment: VersionedDeployment): string {
  return canonicalJson(optionsOf(deployment, "reconfigure"));
}

function optionsOf(deployment: VersionedDeployment, wanted: OptionClass): Record<string, JsonLike | undefined> {
  const options = { ...deployment } as Readonly<Record<string, JsonLike | undefined>>;
  const names = Object.entries(resolvedOptionClasses).flatMap(([name, its]) => (its === wanted ? [name] : []));
  return loud(Object.fromEntries(names.map((name) => [name, options[name]])));
}

function loud(options: Readonly<Record<string, JsonLike | undefined>>): Record<string, JsonLike | undefined> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => {
      const quiet = quietDefaults[name];
      return quiet === undefined || value === undefined || canonicalJson(value) !== canonicalJson(quiet);
    }),
  );
}
