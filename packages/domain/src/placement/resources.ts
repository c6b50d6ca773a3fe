/** What a replica asks for, or a node has. `gpus` may be fractional (bookkeeping, as in Ray). Memory in bytes. */
export interface Resources {
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryBytes: number;
  /** Custom resources by name (Ray's `resources`). */
  readonly custom: Readonly<Record<string, number>>;
}

export const NO_RESOURCES: Resources = { cpus: 0, gpus: 0, memoryBytes: 0, custom: {} };

/** Ray's `ray_actor_options`, resolved, as bookkeeping resources. */
export function resourcesOfOptions(options: {
  readonly num_cpus: number;
  readonly num_gpus: number;
  readonly memory: number;
  readonly resources: Readonly<Record<string, number>>;
}): Resources {
  return { cpus: options.num_cpus, gpus: options.num_gpus, memoryBytes: options.memory, custom: options.resources };
}
