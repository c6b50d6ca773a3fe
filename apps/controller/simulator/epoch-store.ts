/** One leader's view of the store: answers take their time, and once another one leads, nothing of it is written any more. */
import { SluiceError } from "@sluice/contracts";
import type { LeaderStore } from "../src/state/leader-store.ts";

/** `wait` lets time pass, before a statement arrives and before its answer does. */
export function fencedStore(store: LeaderStore, isLeading: () => boolean, wait: () => Promise<void>): LeaderStore {
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    await wait();
    const answer = await work();
    await wait();
    return answer;
  };
  const fence = <T>(work: () => Promise<T>): Promise<T> =>
    ask(() => {
      if (isLeading()) return work();
      throw new SluiceError({ code: "controller/stale_epoch", publicMessage: "Another controller leads." });
    });
  return {
    listGenerations: () => ask(() => store.listGenerations()),
    readApplications: (ids) => ask(() => store.readApplications(ids)),
    readIntents: (ids) => ask(() => store.readIntents(ids)),
    listHostingNodes: (id) => ask(() => store.listHostingNodes(id)),
    readNodes: (ids) => ask(() => store.readNodes(ids)),
    readNodeIntents: () => ask(() => store.readNodeIntents()),
    listGateways: () => ask(() => store.listGateways()),
    commit: (batch) => fence(() => store.commit(batch)),
    saveSightings: (nodes, loads) => fence(() => store.saveSightings(nodes, loads)),
    saveGateway: (hello) => fence(() => store.saveGateway(hello)),
    saveGatewayApplied: (id, applied) => fence(() => store.saveGatewayApplied(id, applied)),
    markGatewaysDisconnected: (gateways) => fence(() => store.markGatewaysDisconnected(gateways)),
  };
}
