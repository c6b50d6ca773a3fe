import { batch, deployment, getMultiplexedModelId, getRequestContext, itemEnd, multiplexed } from "@sluice/sdk";

class Model {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  dispose(): void {
    console.log(`unloaded ${this.id}`);
  }
}

/** What user code does with batches and models, one path each. */
class App {
  #release: (() => void)[] = [];

  score = batch(
    async (items: number[]) => {
      console.log(`batch of ${items.length}`);
      return items.map((item) => (item < 0 ? new RangeError(`negative: ${item}`) : item * 2));
    },
    { maxBatchSize: 4, batchWaitTimeoutS: 60 },
  );

  /** Blocks until `/release`. */
  slow = batch(
    async (items: number[]) => {
      console.log(`slow: ${items.join(",")}`);
      await new Promise<void>((resolve) => this.#release.push(resolve));
      return items;
    },
    { maxBatchSize: 2, batchWaitTimeoutS: 0 },
  );

  count = batch(
    async function* (limits: number[]) {
      for (let at = 0; at < Math.max(...limits); at += 1) yield limits.map((limit) => (at < limit ? at : itemEnd));
    },
    { batchWaitTimeoutS: 0.05 },
  );

  seen = batch(
    async (items: string[]) => {
      const request = getRequestContext();
      const what = `${items.join("+")} in revision ${request?.revision} for ${getMultiplexedModelId()}`;
      return items.map(() => what);
    },
    { batchWaitTimeoutS: 0.5 },
  );

  getModel = multiplexed(async (id: string) => new Model(id), { maxNumModelsPerReplica: 2 });

  reconfigure(config: { size: number }): void {
    this.score.setMaxBatchSize(config.size);
  }

  async fetch(request: Request): Promise<unknown> {
    const [, step = "", argument = ""] = new URL(request.url).pathname.replace("/app", "").split("/");
    switch (step) {
      case "score":
        return { score: await this.score(Number(argument)) };
      case "slow":
        return this.slow(Number(argument));
      case "release":
        for (const release of this.#release.splice(0)) release();
        return "ok";
      case "count": {
        const parts: number[] = [];
        for await (const part of this.count(Number(argument))) parts.push(part);
        return parts;
      }
      case "seen":
        return this.seen(argument);
      case "model":
        return (await this.getModel()).id;
      case "held":
        await this.getModel();
        return new Promise((resolve) => this.#release.push(() => resolve("held")));
      default:
        return "unknown";
    }
  }
}

export const app = deployment(App, { rayActorOptions: { numCpus: 0.1 } }).bind();
