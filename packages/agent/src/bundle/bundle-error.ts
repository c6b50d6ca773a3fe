import { SluiceError } from "@sluice/contracts";

/** The bundle itself is at fault; fetching it again changes nothing. */
export function bundleError(message: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "bundle/invalid", publicMessage: message, cause });
}
