import { SluiceError } from "@sluice/contracts";

/** Prisma's codes for "cannot reach it, cannot log in, it went away, no connection free". */
const UNAVAILABLE_CODES = new Set([
  "P1000",
  "P1001",
  "P1002",
  "P1003",
  "P1008",
  "P1010",
  "P1011",
  "P1017",
  "P2024",
  "P2037",
]);

/** Postgres classes 08 (connection), 57P (shut down, starting up, terminated), 53 (out of connections or disk). */
const UNAVAILABLE_SQLSTATE = /^(?:08|53|57P)/;

const UNAVAILABLE_ERRNO = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EPIPE",
  "ENOENT",
  "EHOSTUNREACH",
]);

const UNAVAILABLE_TEXT =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|server closed the connection|cannot use a pool after|unable to start a transaction/i;

/** Translates what Prisma or pg threw. Whatever is not about reaching the database comes back as it is. */
export function databaseErrorOf(error: unknown): unknown {
  return isUnavailable(error)
    ? new SluiceError({
        code: "database/unavailable",
        publicMessage: "The database cannot be reached at the moment. Serving goes on; changes have to wait.",
        cause: error,
      })
    : error;
}

/** True when the error, or one that it wraps, says that the database could not be reached. */
export function isUnavailable(error: unknown): boolean {
  const seen = new Set<unknown>();
  let current: unknown = error;
  while (typeof current === "object" && current !== null && !seen.has(current)) {
    seen.add(current);
    if (isUnavailableItself(current as Record<string, unknown>)) return true;
    const wrapped = current as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
    current = wrapped.meta?.driverAdapterError ?? wrapped.cause;
  }
  return false;
}

function isUnavailableItself(error: Record<string, unknown>): boolean {
  const { code, originalCode, kind, message } = error;
  if (
    typeof code === "string" &&
    (UNAVAILABLE_CODES.has(code) || UNAVAILABLE_ERRNO.has(code) || UNAVAILABLE_SQLSTATE.test(code))
  )
    return true;
  if (typeof originalCode === "string" && UNAVAILABLE_SQLSTATE.test(originalCode)) return true;
  if (
    typeof kind === "string" &&
    ["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"].includes(kind)
  )
    return true;
  return typeof message === "string" && UNAVAILABLE_TEXT.test(message);
}
