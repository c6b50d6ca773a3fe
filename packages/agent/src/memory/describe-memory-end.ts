/** Why a replica was ended whose resident memory was watched. */
export function describeMemoryUse(usedBytes: number, limitBytes: number): string {
  return `used ${mebibytes(usedBytes)} of its limit ${mebibytes(limitBytes)} of memory (ray_actor_options.memory)`;
}

/** Why the kernel ended a replica in a control group. */
export function describeKernelEnd(limitBytes: number): string {
  return `used all of its limit ${mebibytes(limitBytes)} of memory and was ended by the kernel (ray_actor_options.memory)`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}
