import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@sluice/observability";
import type { CageRoot } from "./open-cage-root.ts";

const prefix = "sluice-";

/**
 * Control groups in which the kernel holds replicas to their memory limits, one for each member of a replica. Where there can be none
 * `hold` says so, and resident memory is watched instead.
 */
export class MemoryCages {
  readonly #dir: string | null;
  readonly #logger: Logger;
  /** Left for good; they can be removed once the kernel has seen their last process go. */
  readonly #left = new Set<string>();

  constructor(root: CageRoot, logger: Logger) {
    this.#dir = "dir" in root ? root.dir : null;
    this.#logger = logger;
    logger.info("dir" in root ? { dir: root.dir } : { reason: root.reason }, this.#says());
  }

  get isAvailable(): boolean {
    return this.#dir !== null;
  }

  /** Moves a process, and with it all that it starts from now on, under a limit. False: nobody holds it. */
  hold(member: string, pid: number, limitBytes: number): boolean {
    if (this.#dir === null || limitBytes <= 0) return false;
    const group = join(this.#dir, prefix + member);
    try {
      mkdirSync(group, { recursive: true });
      writeFileSync(join(group, "memory.max"), String(Math.floor(limitBytes)));
      // Swapped out it would be over the limit unseen, and slow.
      writeWhereThere(join(group, "memory.swap.max"), "0");
      // A replica fails as one: no survivors of a family that lost a member.
      writeWhereThere(join(group, "memory.oom.group"), "1");
      writeFileSync(join(group, "cgroup.procs"), String(pid));
      return true;
    } catch (err) {
      this.#logger.warn({ err, replicaId: member }, "no control group for this replica; its memory is watched");
      this.release(member);
      return false;
    }
  }

  /** Whether an earlier life of the agent put it under a limit. */
  isHeld(member: string): boolean {
    return this.#dir !== null && existsSync(join(this.#dir, prefix + member));
  }

  /** Whether the kernel ended it for its memory. Before `release`. */
  wasEndedForMemory(member: string): boolean {
    if (this.#dir === null) return false;
    try {
      const events = readFileSync(join(this.#dir, prefix + member, "memory.events"), "utf8");
      return Number(/^oom_(?:group_)?kill (\d+)$/m.exec(events)?.[1] ?? 0) > 0;
    } catch {
      // It never had a group.
      return false;
    }
  }

  /** The member has ended. */
  release(member: string): void {
    if (this.#dir === null) return;
    this.#left.add(member);
    this.sweep();
  }

  /** Removes groups that nobody needs: those released, and those of an earlier life that no member is named by. */
  sweep(isKnown?: (member: string) => boolean): void {
    if (this.#dir === null) return;
    if (isKnown !== undefined) {
      for (const name of readdirSync(this.#dir)) {
        const member = name.slice(prefix.length);
        if (name.startsWith(prefix) && !isKnown(member)) this.#left.add(member);
      }
    }
    for (const member of this.#left) if (removeGroup(join(this.#dir, prefix + member))) this.#left.delete(member);
  }

  #says(): string {
    return this.isAvailable
      ? "memory limits of replicas are kept by control groups"
      : "memory limits of replicas are kept by watching their resident memory";
  }
}

/** False while processes are in it. */
function removeGroup(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** Kernels without swap, or before 4.19, lack some of the files, and none can be made here. */
function writeWhereThere(path: string, text: string): void {
  if (existsSync(path)) writeFileSync(path, text);
}
