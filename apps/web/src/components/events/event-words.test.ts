import { expect, it } from "vitest";
import { eventSentence, reasonWords, untoldNumbers } from "./event-words.ts";

it.each([
  [
    "NOT_STARTED -> DEPLOYING: classifier: 0 of 1 replica ready",
    "Not started → deploying: classifier: 0 of 1 replica ready",
  ],
  ["The deployment m is UNHEALTHY. m: exited by SIGKILL", "The deployment m is unhealthy. m: exited by SIGKILL"],
  ["classifier: starting 1 replica (wanted 1, 0 there)", "classifier: starting 1 replica (wanted 1, 0 there)"],
  ["replica a1 exited by SIGKILL; replaced by b2", "Replica a1 exited by SIGKILL; replaced by b2"],
])("%s is said as a sentence", (message, sentence) => {
  expect(eventSentence(message)).toBe(sentence);
});

it("codes become words", () => {
  expect(reasonWords("TrafficChanged")).toBe("Traffic changed");
});

it("numbers are repeated only where the sentence lacks them", () => {
  const numbers = { wanted: 1, running: 0, generation: 7 };
  expect(untoldNumbers({ reason: "ReplicasWanted", message: "starting 1 replica", numbers })).toBe("running 0");
  expect(untoldNumbers({ reason: "ReplicasWanted", message: "starting 10 replicas", numbers })).toBe(
    "wanted 1, running 0",
  );
});

it("a decision of the autoscaler carries the same numbers each time, whatever its sentence says", () => {
  const numbers = { target: 6, before: 1, running: 1, requests: 12, queued: 7, target_ongoing_requests: 2, desired: 6 };
  for (const message of ["12 requests ongoing / target 2 = 6: up from 1 to 6", "Digits: up"])
    expect(untoldNumbers({ reason: "Autoscaled", message, numbers })).toBe("measured 12, target 2 per replica, 1 → 6");
  const unmeasured = { target: 1, before: 0, target_ongoing_requests: 2 };
  expect(untoldNumbers({ reason: "Autoscaled", message: "up", numbers: unmeasured })).toBe(
    "nothing measured, target 2 per replica, 0 → 1",
  );
});
