import { setTimeout as wait } from "node:timers/promises";
import { deployment, type DeploymentHandle } from "@sluice/sdk";

interface Arguments {
  /** Another one is another revision with new processes. */
  readonly version?: number;
  /** The constructor of one deployment throws. */
  readonly isBroken?: boolean;
}

class Prepare {
  async clean(text: string): Promise<string> {
    await wait(2);
    return text.trim().toLowerCase();
  }
}

class Model {
  #greeting = "";

  constructor(isBroken: boolean) {
    if (isBroken) throw new Error("weights.bin has 0 bytes, expected 4096");
  }

  reconfigure(config: { readonly greeting?: string } | null): void {
    this.#greeting = config?.greeting ?? "";
  }

  async run(text: string): Promise<string> {
    await wait(5 + 10 * Math.random());
    return `${this.#greeting}${text}`;
  }
}

/** Ingress -> one replica -> one of three: each request crosses three processes. */
class Relay {
  readonly #prepare: DeploymentHandle<Prepare>;
  readonly #model: DeploymentHandle<Model>;
  readonly #version: number;

  constructor(prepare: DeploymentHandle<Prepare>, model: DeploymentHandle<Model>, version: number) {
    this.#prepare = prepare;
    this.#model = model;
    this.#version = version;
  }

  async fetch(): Promise<{ version: number; answer: string }> {
    const text = await this.#prepare.clean(" Hello ");
    return { version: this.#version, answer: await this.#model.run(text) };
  }
}

const resources = { rayActorOptions: { numCpus: 0.1 }, maxOngoingRequests: 100 };

export const app = ({ version = 1, isBroken = false }: Arguments) =>
  deployment(Relay, resources).bind(
    deployment(Prepare, resources).bind(),
    deployment(Model, { ...resources, numReplicas: 3, maxConstructorRetryCount: 2 }).bind(isBroken),
    version,
  );
