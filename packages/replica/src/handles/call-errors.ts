import { errorStatus, SluiceError } from "@sluice/contracts";
import type { ErrorCode } from "@sluice/contracts";
import type { CallHead, RemoteError, WireError } from "@sluice/wire";

/** The error of the far side as the caller's code sees it: its name, message and stack. */
export function errorOfRemote(remote: RemoteError): Error {
  if (remote.code in errorStatus && remote.code !== "replica/user_error" && remote.code !== "internal") {
    return new SluiceError({ code: remote.code as ErrorCode, publicMessage: remote.message });
  }
  const error = new Error(remote.message);
  error.name = remote.type;
  if (remote.stack !== "") error.stack = remote.stack;
  return error;
}

/** Nobody waits for the answer of this call any more. */
export function callerGone(): SluiceError {
  return new SluiceError({ code: "client/closed", publicMessage: "The caller is gone." });
}

/** A call that no replica answered. `reason`: why it is not sent to another one. */
export function callError(error: WireError, head: CallHead, reason: string): SluiceError {
  const what = `${head.deployment}.${head.method}()`;
  if (error.code === "deadline_exceeded") {
    return new SluiceError({
      code: "gateway/deadline",
      publicMessage: `The deadline passed during ${what}.`,
      cause: error,
    });
  }
  return new SluiceError({
    code: "replica/lost",
    publicMessage: `The replica that ran ${what} was lost: ${reason}.`,
    cause: error,
  });
}
