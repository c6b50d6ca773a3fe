/** Where a leader said that controllers are: remembered, so that an agent that starts while its first address is dead finds another. */
import { join } from "node:path";
import type { ControllerAddress, Logger } from "@sluice/observability";
import { z } from "zod";
import { readJsonFile } from "../read-json-file.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

const KnownFile = z.object({ urls: z.array(z.string()) });

export class KnownControllers {
  readonly #path: string;
  readonly #logger: Logger;
  #saved = "[]";
  #saving: Promise<void> = Promise.resolve();

  constructor(agentDir: string, logger: Logger) {
    this.#path = join(agentDir, "controllers.json");
    this.#logger = logger;
  }

  /** Gives an address what is remembered. */
  async recall(address: ControllerAddress): Promise<void> {
    const kept = await readJsonFile(this.#path, KnownFile);
    if (kept !== undefined) this.#saved = JSON.stringify(address.learn(kept.urls));
  }

  /** A credential of another cluster must not travel to the controllers of the last one. */
  async forget(): Promise<void> {
    await this.#write("[]");
  }

  /** Resolves when it is on disk, which nobody has to wait for. */
  learn(address: ControllerAddress, urls: readonly string[]): Promise<void> {
    const learned = JSON.stringify(address.learn(urls));
    if (learned === this.#saved) return this.#saving;
    this.#saving = this.#saving
      .then(() => this.#write(learned))
      .catch((err: unknown) => this.#logger.warn({ err }, "the addresses of the controllers could not be saved"));
    return this.#saving;
  }

  async #write(urls: string): Promise<void> {
    await writeFileAtomically(this.#path, `{"urls":${urls}}\n`);
    this.#saved = urls;
  }
}
