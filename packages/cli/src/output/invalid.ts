import { SluiceError } from "@sluice/contracts";

/** What was typed cannot be meant; the message says what would be right. */
export function invalid(publicMessage: string): SluiceError {
  return new SluiceError({ code: "request/invalid", publicMessage });
}
