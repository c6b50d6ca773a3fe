/** What a replica asks for, or a node has. `gpus` may be fractional (bookkeeping, as in Ray). Memory in bytes. */
export interface Resources {
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryBytes: number;
  /** Custom resources by name (Ray's `resources`). */
  readonly custom: Readonly<Record<string, number>>;
}
