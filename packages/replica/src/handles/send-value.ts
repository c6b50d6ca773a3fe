import type { AnswerEvents, CallHead, ClientConnection, ClientStream, ServerStream } from "@sluice/wire";
import type { EncodedValue } from "./values/value-codec.ts";

/**
 * Sends a call with its arguments: a small one is one frame. Large binary values follow piece by piece as the far side
 * gives credit, from the copy that encoding made.
 */
export function sendValue(
  connection: ClientConnection,
  head: CallHead,
  { document, parts }: EncodedValue,
  events: AnswerEvents,
): ClientStream {
  if (parts.length === 0) return connection.request(head, document, events);
  const stream = connection.openRequest(head, events);
  writePieces(stream, document, parts);
  return stream;
}

/** The document and the parts behind it, then the end. All of it is in memory already; the wire sends it as credit allows. */
export function writePieces(
  stream: Pick<ClientStream | ServerStream, "write" | "end">,
  document: Buffer | undefined,
  parts: readonly Buffer[],
): void {
  if (document !== undefined) stream.write(document);
  for (let at = 0; at < parts.length - 1; at += 1) stream.write(parts[at] as Buffer);
  stream.end(parts.at(-1));
}
