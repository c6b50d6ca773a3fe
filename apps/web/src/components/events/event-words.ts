/** How an event reads to a person: sentences instead of codes. Pure. */
import type { EventView } from "@sluice/contracts";
import { applicationStates, deploymentStates } from "@sluice/domain";
import { formatNumber } from "../../format/numbers.ts";
import { applicationLook, deploymentLook } from "../states.ts";

const stateWords: ReadonlyMap<string, string> = new Map([
  ...deploymentStates.map((state) => [state, deploymentLook[state].word] as const),
  ...applicationStates.map((state) => [state, applicationLook[state].word] as const),
]);

/** The message as a sentence: states in the words of their badges, arrows as arrows. */
export function eventSentence(message: string): string {
  const text = message
    .replace(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (code) => stateWords.get(code)?.toLowerCase() ?? code)
    .replaceAll(" -> ", " → ");
  // A name before a colon is written as it was given.
  return /^[\w-]+:/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `TrafficChanged` -> `Traffic changed`. */
export function reasonWords(reason: string): string {
  const words = reason
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The numbers behind the decision that the sentence does not say already, as `wanted 2, running 0`. */
export function untoldNumbers(event: Pick<EventView, "reason" | "message" | "numbers">): string {
  if (event.reason === "Autoscaled") return scalingNumbers(event.numbers);
  return Object.entries(event.numbers)
    .flatMap(([name, value]) => {
      const isShown = name !== "generation" && (typeof value === "number" || typeof value === "string");
      return isShown && !mentions(event.message, `${value}`) ? [`${name.replaceAll("_", " ")} ${value}`] : [];
    })
    .join(", ");
}

/** The same ones each time, whatever the sentence says: `measured 12, target 2 per replica, 1 → 6`. */
function scalingNumbers({
  requests,
  target_ongoing_requests: perReplica,
  before,
  target,
}: EventView["numbers"]): string {
  const isNumber = (value: unknown): value is number => typeof value === "number";
  return [
    isNumber(requests) ? `measured ${formatNumber(requests)}` : "nothing measured",
    ...(isNumber(perReplica) ? [`target ${formatNumber(perReplica)} per replica`] : []),
    ...(isNumber(before) && isNumber(target) ? [`${before} → ${target}`] : []),
  ].join(", ");
}

/** As a whole number or word: 1 is not mentioned by 10. */
function mentions(text: string, value: string): boolean {
  return (
    text.split(/[^\w.]+/).some((word) => word.replace(/\.+$/, "") === value) ||
    (/\W/.test(value) && text.includes(value))
  );
}
