import { join } from "node:path";
import { Assignment } from "@sluice/contracts";
import { z } from "zod";
import { readJsonFile } from "../read-json-file.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

/** The last full set the controller sent; (epoch, version) orders the sets. */
export const AssignmentSet = z.object({ epoch: z.int(), version: z.int(), assignments: z.array(Assignment) });
export type AssignmentSet = z.infer<typeof AssignmentSet>;

const noAssignments: AssignmentSet = { epoch: 0, version: 0, assignments: [] };

/** Keeps the set on disk, so that a restarted agent acts on it before it reaches a controller. */
export class SavedAssignments {
  readonly #path: string;
  #current: AssignmentSet = noAssignments;
  #writing: Promise<void> = Promise.resolve();

  constructor(agentDir: string) {
    this.#path = join(agentDir, "assignments.json");
  }

  get current(): AssignmentSet {
    return this.#current;
  }

  async load(): Promise<AssignmentSet> {
    this.#current = (await readJsonFile(this.#path, AssignmentSet)) ?? noAssignments;
    return this.#current;
  }

  /** False when this set is older than the one at hand. Within an epoch versions grow; a new epoch counts afresh. */
  accept(set: AssignmentSet): boolean {
    if (isOlder(set, this.#current)) return false;
    this.#current = set;
    return true;
  }

  /** Writes the set at hand; writes happen one after the other, so the last one wins. */
  save(): Promise<void> {
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => writeFileAtomically(this.#path, `${JSON.stringify(this.#current)}\n`));
    return this.#writing;
  }
}

export function isOlder(set: Omit<AssignmentSet, "assignments">, than: Omit<AssignmentSet, "assignments">): boolean {
  return set.epoch < than.epoch || (set.epoch === than.epoch && set.version < than.version);
}
