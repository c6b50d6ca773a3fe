/** Finds the node that keeps the log of a replica, also of one whose row is gone. */
import { SluiceError } from "@sluice/contracts";
import { getNode, getReplica, type Database } from "@sluice/db";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import { within } from "../order/within.ts";
import { readAgentLog, type LogPiece, type LogRequest } from "./agent-log.ts";

export interface LogSource {
  readonly database: Database;
  readonly agents: Pick<AgentSessions, "get" | "all">;
  readonly epoch: number;
}

/** A log of which a first piece is here, or nothing yet. */
export interface OpenLog {
  readonly first: LogPiece | null;
  readonly rest: AsyncGenerator<LogPiece>;
}

/** How long a node may take to say that it keeps nothing; one that says nothing until then has a log without news. */
const firstPieceMs = 3_000;

/** Throws `replica/not_found` when nobody keeps it and `logs/unavailable` when the node that does is away. */
export async function openLog(source: LogSource, request: LogRequest, signal: AbortSignal): Promise<OpenLog> {
  const { database, agents } = source;
  const replica = await getReplica(database, request.replicaId);
  const nodeId = replica?.members.find((member) => member.rank === request.rank)?.nodeId ?? null;
  if (nodeId !== null) {
    if (agents.get(nodeId) === undefined) throw await nodeIsAway(source, request.replicaId, nodeId);
    const [found, refusal] = await askAll(source, [nodeId], request, signal);
    if (found !== null) return found;
    throw noLog(request.replicaId, refusal);
  }
  if (replica !== null) throw noLog(request.replicaId, "It has not run on any node yet.");
  // Its row is forgotten; the files on its node may not be.
  const everybody = agents.all().map((session) => session.nodeId);
  const [found] = await askAll(source, everybody, request, signal);
  if (found !== null) return found;
  throw noLog(request.replicaId, "No node that is connected knows it.");
}

/** The first node that keeps the log; else why the last one did not. */
async function askAll(
  { agents, epoch }: LogSource,
  nodeIds: readonly string[],
  request: LogRequest,
  signal: AbortSignal,
): Promise<[OpenLog | null, string]> {
  let refusal = "";
  const asked = nodeIds.flatMap((nodeId) => {
    const session = agents.get(nodeId);
    return session === undefined ? [] : [readAgentLog(session, epoch, request, signal)];
  });
  const isOnlyOne = asked.length === 1;
  const opened = await Promise.all(
    asked.map(async (rest): Promise<OpenLog | null> => {
      const next = rest.next();
      const first = await within(next, firstPieceMs);
      // Of several, silence is no yes.
      if (first === "late") return isOnlyOne ? { first: null, rest: resumed(next, rest) } : null;
      const piece = first.done === true ? null : first.value;
      if (piece !== null && piece.error === undefined) return { first: piece, rest };
      refusal = piece?.error ?? refusal;
      return null;
    }),
  );
  const found = opened.find((one) => one !== null) ?? null;
  opened.forEach((one, index) => {
    if (one !== found || one === null) void asked[index]?.return(undefined);
  });
  return [found, refusal];
}

/** The piece that is being waited for, then those after it. */
async function* resumed(
  next: Promise<IteratorResult<LogPiece, unknown>>,
  rest: AsyncGenerator<LogPiece>,
): AsyncGenerator<LogPiece> {
  const first = await next;
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function nodeIsAway({ database }: LogSource, replicaId: string, nodeId: string): Promise<SluiceError> {
  const node = await getNode(database, nodeId);
  const name = node?.name ?? nodeId;
  const since = node === null ? "" : ` It was last heard of at ${new Date(node.lastSeenAtMs).toISOString()}.`;
  return new SluiceError({
    code: "logs/unavailable",
    publicMessage: `Replica \`${replicaId}\` ran on node ${name}, which is not connected now; its logs lie there.${since}`,
  });
}

function noLog(replicaId: string, reason: string): SluiceError {
  const publicMessage = `There are no logs of a replica \`${replicaId}\`.${reason === "" ? "" : ` ${reason}`}`;
  return new SluiceError({ code: "replica/not_found", publicMessage });
}
