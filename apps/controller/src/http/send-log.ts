import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ControllerLogQuery, SluiceError } from "@sluice/contracts";
import { openLog, type LogSource, type OpenLog } from "../logs/find-log.ts";

/** Streams the log of a replica as text; ends when the reader goes. */
export async function sendLog(source: LogSource, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  const query = ControllerLogQuery.safeParse(request.query);
  if (!query.success || !/^[\w-]{1,64}$/.test(id)) {
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: "This is no question for a log.",
      cause: query.error,
    });
  }
  const { follow, since_ms: sinceMs = null, tail_bytes: tailBytes = null, stream, rank } = query.data;
  const reader = new AbortController();
  reply.raw.once("close", () => reader.abort());
  const log = await openLog(source, { replicaId: id, rank, stream, sinceMs, tailBytes, follow }, reader.signal);
  return reply
    .headers({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    .send(Readable.from(textOf(log)));
}

async function* textOf({ first, rest }: OpenLog): AsyncGenerator<Buffer> {
  try {
    if (first !== null && first.text !== "") yield Buffer.from(first.text);
    if (first?.done === true) return;
    for await (const { text, error } of rest) {
      if (text !== "") yield Buffer.from(text);
      if (error !== undefined) yield Buffer.from(`\n[sluice] the log ends here: ${error}\n`);
    }
  } finally {
    await rest.return(undefined);
  }
}
