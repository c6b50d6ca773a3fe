/** Says where this controller is while it lives, and knows where the others are. */
import { listControllerPlaces, saveControllerPlace, type ControllerPlace, type Database } from "@sluice/db";
import type { Logger } from "@sluice/observability";
import { startPeriodicTask, type PeriodicTask } from "../order/periodic-task.ts";

const refreshMs = 5_000;
/** Nobody looks through more. */
const mostDoors = 16;

export interface ControllerPlacesOptions {
  readonly database: Database;
  readonly own: ControllerPlace;
  readonly logger: Logger;
  /** The doors are others than before. */
  readonly onDoors: () => void;
}

export class ControllerPlaces {
  readonly #options: ControllerPlacesOptions;
  #task: PeriodicTask | null = null;
  #doors: readonly string[];

  constructor(options: ControllerPlacesOptions) {
    this.#options = options;
    this.#doors = planDoors(options.own, []);
  }

  /** Doors for nodes on other machines, this controller's first. */
  get doors(): readonly string[] {
    return this.#doors;
  }

  start(): void {
    let isTold = false;
    const turn = async (): Promise<void> => {
      await this.#refresh();
      isTold = false;
    };
    const onError = (err: unknown): void => {
      if (!isTold) this.#options.logger.warn({ err }, "where controllers are could not be exchanged; trying again");
      isTold = true;
    };
    // Nobody waits for the first turn: a controller starts without its database, too.
    turn().catch(onError);
    this.#task = startPeriodicTask(refreshMs, turn, onError);
  }

  async stop(): Promise<void> {
    await this.#task?.stop();
  }

  async #refresh(): Promise<void> {
    const { database, own, onDoors } = this.#options;
    await saveControllerPlace(database, own);
    const doors = planDoors(own, await listControllerPlaces(database));
    if (doors.join() === this.#doors.join()) return;
    this.#doors = doors;
    onDoors();
  }
}

/** Its own first, then the others by name: of more than the most, those that were seen last. */
export function planDoors(own: ControllerPlace, places: readonly ControllerPlace[]): string[] {
  const others = places.map(({ nodeUrl }) => nodeUrl).filter((url) => url !== null);
  const first = own.nodeUrl === null ? [] : [own.nodeUrl];
  return [...new Set([...first, ...others.slice(0, mostDoors).sort()])];
}
