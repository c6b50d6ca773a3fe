/** One leader's view of the store: once another one leads, nothing of it is written any more. */
import { SluiceError } from "@sluice/contracts";
import type { LeaderStore } from "../src/state/leader-store.ts";

export function fencedStore(store: LeaderStore, isLeading: () => boolean): LeaderStore {
  const fence = <T>(work: () => Promise<T>): Promise<T> =>
    isLeading()
      ? work()
      : Promise.reject(new SluiceError({ code: "controller/stale_epoch", publicMessage: "Another controller leads." }));
  return {
    listGenerations: () => store.listGenerations(),
    readApplications: (ids) => store.readApplications(ids),
    readIntents: (ids) => store.readIntents(ids),
    listHostingNodes: (id) => store.listHostingNodes(id),
    readNodes: (ids) => store.readNodes(ids),
    readNodeIntents: () => store.readNodeIntents(),
    listGateways: () => store.listGateways(),
    commit: (batch) => fence(() => store.commit(batch)),
    saveSightings: (nodes, loads) => fence(() => store.saveSightings(nodes, loads)),
    saveGateway: (hello) => fence(() => store.saveGateway(hello)),
    saveGatewayApplied: (id, applied) => fence(() => store.saveGatewayApplied(id, applied)),
    markGatewaysDisconnected: (ids) => fence(() => store.markGatewaysDisconnected(ids)),
  };
}
