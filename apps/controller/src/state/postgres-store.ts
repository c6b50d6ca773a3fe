import {
  fenced,
  listGateways,
  listGenerations,
  listHostingNodes,
  listNodeIntents,
  listNodes,
  markGatewayDisconnected,
  notify,
  readApplications,
  readIntents,
  saveGatewayApplied,
  upsertGateway,
  writeNodeSightings,
  writeReplicaLoads,
  writeStatusBatch,
  type Database,
  type Tx,
} from "@sluice/db";
import type { LeaderStore } from "./leader-store.ts";

/** Applications read by one set of queries. */
const chunkSize = 50;

/** The store of a leader in Postgres. */
export function postgresStore(database: Database, epoch: number): LeaderStore {
  const write = (work: (tx: Tx) => Promise<void>): Promise<void> => fenced(database, epoch, work);
  return {
    listGenerations: () => listGenerations(database),
    readApplications: async (ids) => {
      const rows = [];
      for (let at = 0; at < ids.length; at += chunkSize) {
        rows.push(...(await readApplications(database, ids.slice(at, at + chunkSize))));
      }
      return rows;
    },
    readIntents: (ids) => readIntents(database, ids),
    listHostingNodes: (applicationId) => listHostingNodes(database, applicationId),
    readNodes: (ids) => listNodes(database, ids === undefined ? {} : { ids }),
    readNodeIntents: () => listNodeIntents(database),
    commit: (batch) => write((tx) => writeStatusBatch(tx, batch)),
    saveSightings: (nodes, loads) =>
      write(async (tx) => {
        await writeNodeSightings(tx, nodes);
        await writeReplicaLoads(tx, loads);
      }),
    saveGateway: (hello) =>
      write(async (tx) => {
        await upsertGateway(tx, hello);
        await notify(tx, "sluice_status");
      }),
    saveGatewayApplied: (gatewayId, applied) => write((tx) => saveGatewayApplied(tx, gatewayId, applied)),
    markGatewaysDisconnected: (gateways) =>
      write(async (tx) => {
        for (const { id, lostAtMs } of gateways) await markGatewayDisconnected(tx, id, lostAtMs);
        await notify(tx, "sluice_status");
      }),
    listGateways: () => listGateways(database),
  };
}
