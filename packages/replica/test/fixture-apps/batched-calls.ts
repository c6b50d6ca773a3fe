import { batch, deployment, getRequestContext } from "@sluice/sdk";
import type { DeploymentHandle } from "@sluice/sdk";

/** Answers who asked, once it is released. */
class Back {
  #release: (() => void)[] = [];

  async double(items: number[]): Promise<{ doubled: number[]; revision: number | undefined }> {
    console.log(`asked for ${items.join(",")}`);
    const request = getRequestContext();
    request?.signal.addEventListener("abort", () => console.log(`aborted ${items.join(",")}`));
    await new Promise<void>((resolve) => this.#release.push(resolve));
    return { doubled: items.map((item) => item * 2), revision: request?.revision };
  }

  open(): string {
    for (const release of this.#release.splice(0)) release();
    return "ok";
  }
}

/** Its batches call another deployment, once per batch. */
class Front {
  readonly #back: DeploymentHandle<Back>;
  constructor(back: DeploymentHandle<Back>) {
    this.#back = back;
  }

  double = batch(
    async (items: number[]) => {
      const { doubled, revision } = await this.#back.double(items);
      return doubled.map((value) => ({ value, revision, batch: items.length }));
    },
    { maxBatchSize: 2, batchWaitTimeoutS: 60 },
  );

  async fetch(request: Request): Promise<unknown> {
    return this.double(Number(new URL(request.url).pathname.split("/").at(-1)));
  }
}

export const app = deployment(Front).bind(deployment(Back).bind());
