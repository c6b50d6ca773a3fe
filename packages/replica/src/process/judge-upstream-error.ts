import { SluiceError } from "@sluice/contracts";

interface Coded {
  readonly code?: unknown;
}

const closedCodes: ReadonlySet<unknown> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** The program closed the connection before it answered. */
export function isStaleConnection(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return closedCodes.has((cause as Coded).code);
}

/** What went wrong between this host and the program, as the client may see it. */
export function judgeUpstreamError(error: unknown): SluiceError {
  const { code } = (error ?? {}) as Coded;
  const message = error instanceof Error ? error.message : String(error);
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH")
    return failure("request/invalid", `The request cannot be passed on: ${message}.`, error);
  if (code === "ECONNREFUSED")
    return failure("replica/lost", "The program does not accept connections, so the request did not reach it.", error);
  if (closedCodes.has(code))
    return failure("replica/lost", "The program closed the connection before its answer was complete.", error);
  if (code === "UND_ERR_HEADERS_OVERFLOW")
    return failure("replica/bad_answer", "The head of the program's answer is larger than 64 KiB.", error);
  const isParseError = error instanceof Error && error.name === "HTTPParserError";
  if (isParseError || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH")
    return failure("replica/bad_answer", `The program's answer is not HTTP: ${message}.`, error);
  return failure("replica/bad_answer", `The program's answer broke off: ${message}.`, error);
}

function failure(
  code: "request/invalid" | "replica/lost" | "replica/bad_answer",
  publicMessage: string,
  cause: unknown,
) {
  return new SluiceError({ code, publicMessage, cause });
}
