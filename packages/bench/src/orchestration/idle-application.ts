/** Applications that only take their place: one bundle, deployed under many names with different options. */
import { ApiError, type Client } from "@sluice/sdk";
import { waitUntil } from "../product/deploy.ts";

type Spec = Parameters<Client["applications"]["put"]>[0];
type DeploymentOptions = Omit<NonNullable<Spec["deployments"]>[number], "name">;
export type Replica = Awaited<ReturnType<Client["replicas"]["list"]>>["items"][number];

export interface IdleApplications {
  /** Deploys it under that name. */
  put(name: string, options: DeploymentOptions): Promise<void>;
  /** Replicas that have not ended. */
  replicas(name: string): Promise<readonly Replica[]>;
  /** Waits until all are ready, or until all that are not have been refused by every node; answers the milliseconds. */
  settle(name: string, count: number): Promise<number>;
  waitReady(name: string, count: number): Promise<number>;
  /** Deletes it and waits until its processes have ended. */
  remove(name: string): Promise<void>;
}

export async function openIdleApplications(client: Client, template: string): Promise<IdleApplications> {
  const { spec } = await client.applications.get(template);
  const replicas = async (name: string): Promise<readonly Replica[]> => {
    const { items } = await client.replicas.list({ application: name, limit: 100 }).catch(noneOfGone);
    return items.filter(({ stage }) => stage !== "stopped" && stage !== "failed");
  };
  const isReady = ({ stage }: Replica): boolean => stage === "ready";
  const isRefused = ({ stage, refusals }: Replica): boolean => stage === "pending" && refusals.length > 0;
  return {
    put: async (name, options) => {
      await client.applications.put({
        ...spec,
        name,
        route_prefix: `/${name}`,
        deployments: [{ ...options, name: "Idle" }],
      });
    },
    replicas,
    settle: async (name, count) =>
      waitUntil(`${name} is placed or refused`, async () => {
        const found = await replicas(name);
        return found.length === count && found.every((replica) => isReady(replica) || isRefused(replica));
      }),
    waitReady: async (name, count) =>
      waitUntil(`${name} has ${String(count)} ready replicas`, async () => {
        const found = await replicas(name);
        return found.length === count && found.every(isReady);
      }),
    remove: async (name) => {
      await client.applications.delete(name);
      await waitUntil(`${name} is gone`, async () => (await replicas(name)).length === 0);
    },
  };
}

/** An application that is deleted is gone after its replicas. */
function noneOfGone(error: unknown): { items: readonly Replica[] } {
  if (error instanceof ApiError && error.status === 404) return { items: [] };
  throw error;
}
