import { z } from "zod";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";

/** `sluice_intent`: a person changed the spec. `sluice_status`: the controller wrote status. */
export const notifyChannels = ["sluice_intent", "sluice_status"] as const;
export type NotifyChannel = (typeof notifyChannels)[number];

/** A wake-up only: whoever gets it reads the tables. Without an application it is about something else (nodes, gateways, settings). */
export const NotifyPayload = z.object({ applicationId: z.string().optional() });
export type NotifyPayload = z.infer<typeof NotifyPayload>;

/** Wakes the listeners of a channel; inside a transaction, when it commits. Equal messages of one transaction arrive once. */
export async function notify(db: Db, channel: NotifyChannel, payload: NotifyPayload = {}): Promise<void> {
  await query(db, (prisma) => prisma.$queryRaw`SELECT pg_notify(${channel}, ${JSON.stringify(payload)})::text`);
}
