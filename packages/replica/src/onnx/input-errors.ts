import { SluiceError } from "@sluice/contracts";
import type { TensorDescription } from "@sluice/contracts";
import { describeWanted } from "./tensor.ts";

/** 400: the caller's input does not fit the model. The text says what is wanted. */
export function badInput(publicMessage: string): SluiceError {
  return new SluiceError({ code: "request/invalid", publicMessage });
}

/** Refuses names that the model does not know, and inputs that are missing. */
export function checkInputNames(given: readonly string[], descriptions: readonly TensorDescription[]): void {
  const missing = descriptions.find((description) => !given.includes(description.name));
  if (missing !== undefined) {
    const names = given.length === 0 ? "nothing" : given.map((name) => `"${name}"`).join(", ");
    throw badInput(`Input "${missing.name}" is missing. Wanted ${describeWanted(missing)}; given: ${names}.`);
  }
  const unknown = given.filter((name) => !descriptions.some((description) => description.name === name));
  if (unknown.length > 0) {
    throw badInput(
      `The model has no input "${unknown.join('", "')}". Its inputs: ${descriptions.map(describeWanted).join("; ")}.`,
    );
  }
}

/** A byte of a `bool` is 0 or 1: what a model makes of another one is not defined. */
export function checkTruth(name: string, datatype: string, bytes: Uint8Array): void {
  if (datatype !== "bool") return;
  const at = bytes.findIndex((byte) => byte > 1);
  if (at !== -1) throw badInput(`Input "${name}" is true or false, 1 or 0 per byte; byte ${at} is ${bytes[at] ?? 0}.`);
}
