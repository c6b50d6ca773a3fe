/** The application that answers while something happens to the product: `apps/relay`, five replicas of three deployments. */
import { join } from "node:path";
import type { Client } from "@sluice/sdk";
import { deployWithCli, waitUntil } from "../product/deploy.ts";
import { checkoutRoot, type RunningProduct } from "../product/start-product.ts";
import type { Replica } from "./idle-application.ts";

type Spec = Parameters<Client["applications"]["put"]>[0];

const name = "relay";
const wantedReplicas = 5;

export interface Relay {
  readonly path: string;
  /** Puts the spec with these changes and answers the revision that is now wanted. */
  put(change: Partial<Spec>): Promise<number>;
  /** The spec as it was first deployed, with these arguments. */
  update(version: number): Promise<number>;
  rollback(revision: number): Promise<void>;
  /** Waits until all traffic goes to this revision, confirmed by every gateway; answers the milliseconds. */
  waitInForce(revision: number): Promise<number>;
  /** Waits until nothing moves: all replicas ready, of nothing else but what is kept warm. */
  waitAtRest(): Promise<number>;
  /** The same, whatever the application's state says. */
  waitSettled(): Promise<number>;
  /** Process ids of what serves, in order. */
  pids(): Promise<readonly number[]>;
  /** What serves. */
  serving(): Promise<readonly Replica[]>;
  readonly client: Client;
}

export async function deployRelay(product: RunningProduct): Promise<Relay> {
  const { client } = product;
  await deployWithCli(product, join(checkoutRoot, "packages/bench/apps/relay"));
  const { spec } = await client.applications.get(name);
  const serving = async (): Promise<readonly Replica[]> => {
    const { items } = await client.replicas.list({ application: name, limit: 200 });
    return items.filter(({ stage, warm_until: warm }) => stage !== "stopped" && stage !== "failed" && warm === null);
  };
  const waitSettled = async (states?: readonly string[]): Promise<number> =>
    waitUntil(
      "relay is at rest",
      async () => {
        const { status } = await client.applications.get(name);
        const replicas = await serving();
        return (
          (states?.includes(status) ?? true) &&
          replicas.length === wantedReplicas &&
          replicas.every(({ stage, reconfiguring }) => stage === "ready" && !reconfiguring)
        );
      },
      90_000,
    );
  const put = async (change: Partial<Spec>): Promise<number> => {
    const { plan } = await client.applications.put({ ...spec, ...change });
    return plan.revision;
  };
  return {
    client,
    path: "/relay",
    put,
    update: async (version) => put({ args: { version } }),
    rollback: async (revision) => client.applications.rollback(name, revision),
    waitInForce: async (revision) =>
      waitUntil(
        `revision ${String(revision)} is in force on all gateways`,
        async () => {
          const { effective, in_force_at: inForceAt } = await client.applications.traffic(name);
          return inForceAt !== null && effective.length === 1 && effective[0]?.revision === revision;
        },
        60_000,
      ),
    waitAtRest: async () => waitSettled(["RUNNING"]),
    waitSettled: async () => waitSettled(),
    pids: async () =>
      (await serving()).flatMap(({ pid }) => (pid === null ? [] : [pid])).sort((left, right) => left - right),
    serving,
  };
}
