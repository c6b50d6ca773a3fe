/** Tells agents on other machines where all the doors are, so that they find the next leader without this one. */
import type { AgentMessage, ControllerToAgent } from "@sluice/contracts";
import type { Link } from "./link-server.ts";

export class DoorNews {
  readonly #followers = new Set<Link<ControllerToAgent>>();
  readonly #doors: () => readonly string[];

  constructor(doors: () => readonly string[]) {
    this.#doors = doors;
  }

  /** After the agent was welcomed. One of this machine has no use for other doors than its own. */
  greet(link: Link<ControllerToAgent>, hello: Extract<AgentMessage, { type: "hello" }>, epoch: number): void {
    if (link.door !== "nodes" || hello.followsControllers !== true) return;
    this.#followers.add(link);
    this.#tell(link, epoch);
  }

  forget(link: Link<ControllerToAgent>): void {
    this.#followers.delete(link);
  }

  tellAll(epoch: number): void {
    for (const link of this.#followers) this.#tell(link, epoch);
  }

  #tell(link: Link<ControllerToAgent>, epoch: number): void {
    link.send({ type: "controllers", epoch, urls: [...this.#doors()] });
  }
}
