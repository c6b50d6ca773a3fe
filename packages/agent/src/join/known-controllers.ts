/**
 * Where a leader said that controllers are: remembered, so that an agent that starts while its first address is dead finds another.
 * The file says what the agent showed when it was told: another secret may be of another cluster, and does not travel there.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ControllerAddress, Logger } from "@sluice/observability";
import { z } from "zod";
import { readJsonFile } from "../read-json-file.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

const KnownFile = z.object({ urls: z.array(z.string()), shownHash: z.string() });

export class KnownControllers {
  readonly #path: string;
  readonly #shownHash: string;
  readonly #logger: Logger;
  #saved = "[]";
  #saving: Promise<void> = Promise.resolve();

  /** `secret`: what is shown to the controllers. */
  constructor(agentDir: string, secret: string, logger: Logger) {
    this.#path = join(agentDir, "controllers.json");
    this.#shownHash = createHash("sha256").update(secret).digest("hex");
    this.#logger = logger;
  }

  /** Gives an address what is remembered. */
  async recall(address: ControllerAddress): Promise<void> {
    const kept = await readJsonFile(this.#path, KnownFile);
    if (kept?.shownHash === this.#shownHash) this.#saved = JSON.stringify(address.learn(kept.urls));
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
    await writeFileAtomically(this.#path, `{"urls":${urls},"shownHash":"${this.#shownHash}"}\n`);
    this.#saved = urls;
  }
}
