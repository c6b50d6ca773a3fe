import { expect, it } from "vitest";
import { judgeWait, type Wait } from "./phase.ts";

const limits = {
  maxHeadBytes: 1,
  maxConnections: 1,
  headTimeoutMs: 30,
  stallTimeoutMs: 60_000,
  keepAliveTimeoutMs: 90,
};
const wait: Wait = { phase: "idle", forMs: 0, lingeringMs: 0, isPaused: false, unsentBytes: 0 };
const late = { ...wait, forMs: 60_001 };

it.each<[string, Wait, ReturnType<typeof judgeWait>]>([
  ["a connection without a request stays for the keep-alive time", { ...wait, forMs: 90 }, "wait"],
  ["and no longer", { ...wait, forMs: 91 }, "close"],
  ["a head has its time", { ...wait, phase: "head", forMs: 30 }, "wait"],
  ["and is late after it", { ...wait, phase: "head", forMs: 31 }, "head late"],
  ["a body may pause", { ...wait, phase: "body", forMs: 60_000 }, "wait"],
  ["but not for longer", { ...late, phase: "body" }, "body stalled"],
  ["unless it is the gateway that pauses it", { ...late, phase: "body", isPaused: true }, "wait"],
  [
    "a body that stops is stalled, also while its early answer is being sent",
    { ...late, phase: "body", unsentBytes: 9 },
    "body stalled",
  ],
  ["an answer takes as long as the replica needs", { ...late, phase: "answering" }, "wait"],
  ["a client that takes nothing of it is let go", { ...late, phase: "answering", unsentBytes: 9 }, "close"],
  ["a client that still takes its last answer is not idle", { ...wait, forMs: 91, unsentBytes: 9 }, "wait"],
  ["nor cut off by the end of its connection", { ...wait, phase: "lingering", forMs: 2_001, unsentBytes: 9 }, "wait"],
  ["a tunnel may be silent", { ...late, phase: "tunnel" }, "wait"],
  ["but must take what it gets", { ...late, phase: "tunnel", unsentBytes: 9 }, "close"],
  [
    "a client that goes on sending after its answer is heard out",
    { ...wait, phase: "lingering", lingeringMs: 9_000 },
    "wait",
  ],
  ["for ten seconds", { ...wait, phase: "lingering", lingeringMs: 10_001 }, "close"],
  ["and two of silence", { ...wait, phase: "lingering", forMs: 2_001 }, "close"],
])("%s", (_, given, verdict) => {
  expect(judgeWait(given, limits)).toBe(verdict);
});
