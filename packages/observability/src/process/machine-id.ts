import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Tells machines apart: two processes with the same one run on one kernel. Linux's boot id is another one on every machine, also
 * on clones of one image, and after every boot.
 */
export function readMachineId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // No Linux: the name is what is left.
    return `host:${hostname()}`;
  }
}
