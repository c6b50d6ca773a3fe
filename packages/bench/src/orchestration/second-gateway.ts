import { join } from "node:path";
import { findFreePort } from "../peers/free-port.ts";
import { waitUntil } from "../product/deploy.ts";
import type { RunningProduct } from "../product/start-product.ts";
import { startExtra, type ExtraProcess } from "./extra-processes.ts";

export interface SecondGateway extends ExtraProcess {
  readonly url: string;
  /** Waits until it answers on this path with success. */
  waitServing(path: string): Promise<number>;
}

/** Another gateway beside the launcher's; `port` keeps an address over a restart. */
export async function startSecondGateway(
  product: RunningProduct,
  folder: string,
  port?: number,
): Promise<SecondGateway> {
  const chosen = port ?? (await findFreePort());
  const gateway = await startExtra(product, "gateway", {
    SLUICE_GATEWAY_PORT: String(chosen),
    SLUICE_GATEWAY_NAME: "second",
    SLUICE_GATEWAY_STATE_DIR: join(folder, "gateway"),
  });
  const url = `http://127.0.0.1:${String(chosen)}`;
  return {
    ...gateway,
    url,
    waitServing: async (path) =>
      waitUntil(`${url} serves`, async () => {
        const answer = await fetch(`${url}${path}`).catch(() => undefined);
        await answer?.arrayBuffer();
        return answer?.status === 200;
      }),
    [Symbol.asyncDispose]: async () => gateway[Symbol.asyncDispose](),
  };
}
