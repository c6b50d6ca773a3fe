/** Whether requests reach the replicas of a node: by Unix sockets on the gateways' own machine, else by its data address. */
import type { NodeFacts } from "@sluice/contracts";
import type { Node } from "@sluice/db";
import type { AgentSession } from "../agents/agent-session.ts";
import type { GatewayView, TryNode } from "../gateways/gateway-sessions.ts";

const noDataAddress = "it advertises no data address; start its agent with --data-address";

/**
 * Why requests do not reach the node; null when they do. What nobody can tell now stays as it was last found: without its agent,
 * without a gateway, or with gateways that have not tried it yet.
 */
export function judgeReach(
  before: Pick<Node, "message" | "state">,
  session: Pick<AgentSession, "nodeId" | "place" | "dataListener"> | undefined,
  gateways: readonly GatewayView[],
): string | null {
  const asBefore = before.state === "ready" && before.message !== "" ? before.message : null;
  if (session === undefined || gateways.length === 0) return asBefore;
  const { nodeId, place, dataListener } = session;
  const { dataAddress, machineId } = place;
  const telling = gateways.filter((gateway) => gateway.machineId !== null);
  if (dataAddress === "local") {
    if (machineId === undefined) return null;
    return telling.some((gateway) => gateway.machineId !== machineId) ? noDataAddress : null;
  }
  if (telling.length === 0) return null;
  const tries = telling.flatMap(({ reach }) => (reach.has(nodeId) ? [reach.get(nodeId) ?? null] : []));
  const failure = tries.find((error) => error !== null);
  if (typeof failure === "string") return `gateways cannot reach ${dataAddress}: ${failure}`;
  if (tries.length > 0) return null;
  if (dataListener === null) return asBefore ?? `it does not listen on ${dataAddress} yet`;
  return asBefore;
}

/** Of a node that says hello: one that is new is tried before it takes anything. */
export function reachAtHello(before: Pick<Node, "message" | "state"> | null, facts: NodeFacts): string | null {
  const isKnown = before !== null && before.state !== "gone";
  if (isKnown) return before.state === "ready" && before.message !== "" ? before.message : null;
  if (facts.dataAddress === "local" || facts.machineId === undefined) return null;
  return `gateways have not tried to reach ${facts.dataAddress} yet`;
}

/** Where gateways try whether they reach nodes. */
export function listNodesToTry(sessions: readonly Pick<AgentSession, "nodeId" | "dataListener">[]): TryNode[] {
  return sessions.flatMap(({ nodeId, dataListener }) =>
    dataListener === null ? [] : [{ nodeId, address: dataListener }],
  );
}
