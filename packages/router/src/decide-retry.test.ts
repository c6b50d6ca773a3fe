import { describe, expect, it } from "vitest";
import { decideRetry } from "./decide-retry.ts";

const base = { outcome: "never_written", attempts: 1, deaths: 0, method: "POST", responseStarted: false } as const;

describe("decideRetry", () => {
  it.each([
    ["a request that was never written", base, true],
    ["one above GOAWAY's last id", { ...base, outcome: "above_goaway" }, true],
    ["a rejected one", { ...base, outcome: "rejected" }, true],
    [
      "a rejected one after many tries, since it only waits",
      { ...base, outcome: "rejected", attempts: 50, deaths: 2 },
      true,
    ],
    ["a taken POST", { ...base, outcome: "taken", deaths: 1 }, false],
    ["a taken call", { ...base, outcome: "taken", deaths: 1, method: "CALL" }, false],
    ["a taken GET", { ...base, outcome: "taken", deaths: 1, method: "GET" }, true],
    ["a taken GET that two dying replicas had", { ...base, outcome: "taken", deaths: 2, method: "GET" }, false],
    ["anything that two dying replicas had", { ...base, deaths: 2 }, false],
    ["a fifth try", { ...base, attempts: 5 }, false],
    ["a started answer", { ...base, outcome: "taken", method: "GET", responseStarted: true }, false],
  ] as const)("judges %s", (_name, facts, retry) => {
    const decision = decideRetry(facts);
    expect(decision.retry).toBe(retry);
    expect(decision.reason).not.toBe("");
  });
});
