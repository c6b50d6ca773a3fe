import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Sha256, SluiceError } from "@sluice/contracts";
import { defaultProjectId, getBundle, readBundle, type Database } from "@sluice/db";

/** Bytes of a bundle, from the start or from the offset of `Range: bytes=<n>-`, so that an agent resumes a broken fetch. */
export async function sendBundle(
  database: Database,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const sha256 = Sha256.safeParse((request.params as { sha256?: unknown }).sha256);
  const name = sha256.success ? { projectId: defaultProjectId, sha256: sha256.data } : null;
  const bundle = name === null ? null : await getBundle(database, name);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (name === null || bundle === null) throw noSuchBundle();
  const size = String(bundle.sizeBytes);
  if (from > 0 && from >= bundle.sizeBytes) {
    return reply
      .code(416)
      .headers({ "content-range": `bytes */${size}` })
      .send();
  }
  const bytes = await readBundle(database, name, from);
  if (bytes === null) throw noSuchBundle();
  void reply.code(from > 0 ? 206 : 200).headers({
    "content-type": "application/octet-stream",
    "content-length": bundle.sizeBytes - from,
    "accept-ranges": "bytes",
    "x-bundle-kind": bundle.kind,
    "x-bundle-name": encodeURIComponent(bundle.name),
    ...(from > 0 ? { "content-range": `bytes ${String(from)}-${String(bundle.sizeBytes - 1)}/${size}` } : {}),
  });
  return reply.send(Readable.from(bytes));
}

function noSuchBundle(): SluiceError {
  return new SluiceError({ code: "bundle/not_found", publicMessage: "There is no such bundle." });
}
