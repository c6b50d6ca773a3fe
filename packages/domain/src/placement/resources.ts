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

/** One entry of `placement_group_bundles`: `{CPU: 1, GPU: 1, memory: 1e9, my_resource: 2}`. */
export function resourcesOfBundle(bundle: Readonly<Record<string, number>>): Resources {
  const { CPU: cpus = 0, GPU: gpus = 0, memory: memoryBytes = 0, ...custom } = bundle;
  return { cpus, gpus, memoryBytes, custom };
}

/** All that a gang holds together. */
export function sumResources(parts: readonly Resources[]): Resources {
  const custom: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, amount] of Object.entries(part.custom)) custom[name] = (custom[name] ?? 0) + amount;
  }
  const sum = (pick: (part: Resources) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  return { cpus: sum((p) => p.cpus), gpus: sum((p) => p.gpus), memoryBytes: sum((p) => p.memoryBytes), custom };
}
