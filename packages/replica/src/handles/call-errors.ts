import { errorStatus, SluiceError } from "@sluice/contracts";
import type { ErrorCode } from "@sluice/contracts";
import type { WaitRefusal } from "@sluice/router";
import type { HeaderPairs, RemoteError } from "@sluice/wire";
import { detailOfError, errorOfDetail } from "./error-detail.ts";
import type { ErrorDetail } from "./error-detail.ts";

/** Header of an error answer: what the four strings of a RemoteError cannot say, as JSON. */
const detailHeader = "sluice-error";
/** Strings of a head have at most 65,535 bytes. */
const maxDetailLength = 40_000;

/** Where an error happened, for its stack. */
export interface ErrorPlace {
  readonly deployment: string;
  readonly replicaId: string;
}

/** An error as it goes over the wire. */
export function remoteErrorOf(error: unknown): { readonly error: RemoteError; readonly headers: HeaderPairs } {
  const detail = detailOfError(error);
  const { name, message, stack, code, ...more } = detail;
  const text = Object.keys(more).length === 0 ? undefined : JSON.stringify(more);
  const isSent = text !== undefined && text.length <= maxDetailLength;
  return { error: { type: name, message, stack, code }, headers: isSent ? [detailHeader, text] : [] };
}

/** The error of the far side as the caller's code sees it, with the place where it happened at the end of its stack. */
export function errorOfRemote(remote: RemoteError, headers: HeaderPairs, place: ErrorPlace): Error {
  const inside = `\n    in deployment ${place.deployment} (replica ${place.replicaId})`;
  const stack = `${remote.stack === "" ? `${remote.type}: ${remote.message}` : remote.stack}${inside}`;
  const detail = { ...readDetail(headers), name: remote.type, message: remote.message, stack, code: remote.code };
  if (!(remote.code in errorStatus) || remote.code === "replica/user_error" || remote.code === "internal") {
    return errorOfDetail(detail);
  }
  const cause = detail.cause === undefined ? {} : { cause: errorOfDetail(detail.cause) };
  const error = new SluiceError({ code: remote.code as ErrorCode, publicMessage: remote.message, ...cause });
  error.name = remote.type;
  error.stack = stack;
  return error;
}

/** The deployment where an error happened: the innermost, which is the first that the stack names. Undefined for one of this replica's own. */
export function placeOf(error: unknown): string | undefined {
  return error instanceof Error ? /\n {4}in deployment (.+) \(replica [^)]*\)/.exec(error.stack ?? "")?.[1] : undefined;
}

function readDetail(headers: HeaderPairs): Partial<ErrorDetail> {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at] === detailHeader) return JSON.parse(headers[at + 1] ?? "{}") as Partial<ErrorDetail>;
  }
  return {};
}

/** Nobody waits for the answer of this call any more. */
export function callerGone(): SluiceError {
  return new SluiceError({ code: "client/closed", publicMessage: "The caller is gone." });
}

/** `TimeoutError` by name, so that code may treat it like those of the platform; 504 when nobody catches it. */
export function timeoutError(what: string, cause?: unknown): SluiceError {
  const error = new SluiceError({
    code: "gateway/deadline",
    publicMessage: `The deadline passed ${what}.`,
    ...(cause === undefined ? {} : { cause }),
  });
  error.name = "TimeoutError";
  return error;
}

/** Why a call got no replica. */
export function refusalError(refusal: WaitRefusal, what: string): SluiceError {
  switch (refusal) {
    case "queue_full":
      return new SluiceError({
        code: "gateway/queue_full",
        publicMessage: `${what} was refused: max_queued_requests calls of this replica wait already.`,
      });
    case "deadline":
      return timeoutError(`while ${what} waited for a replica`);
    case "no_replica":
      return new SluiceError({ code: "gateway/no_ready_replica", publicMessage: `${what} found no working replica.` });
    case "closed":
      return new SluiceError({ code: "gateway/no_ready_replica", publicMessage: `The pool of ${what} is gone.` });
    default:
      return refusal satisfies never;
  }
}

/** The answer came and is of no use; `why` is an error or a phrase. */
export function badAnswer(what: string, why: unknown): SluiceError {
  const reason = why instanceof Error ? why.message.replace(/\.$/, "") : String(why);
  const publicMessage = `The answer of ${what} cannot be used: ${reason}.`;
  return new SluiceError({ code: "replica/bad_answer", publicMessage, cause: why });
}

/** No replica answered. `reason`: why the call is not sent to another one. */
export function lostReplica(what: string, reason: string, cause: unknown): SluiceError {
  const publicMessage = `The replica that ran ${what} was lost: ${reason}.`;
  return new SluiceError({ code: "replica/lost", publicMessage, cause });
}
