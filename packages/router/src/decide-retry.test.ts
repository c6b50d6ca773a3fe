import { describe, expect, it } from "vitest";
import { decideRetry } from "./decide-retry.ts";

const base = { outcome: "never_written", attempts: 1, deaths: 0, method: "POST", responseStarted: false } as const;
const taken = { ...base, outcome: "taken", deaths: 1 } as const;

describe("decideRetry", () => {
  it.each([
    ["a request that was never written", base, true, "never_written"],
    ["one that the lost replica had not begun", { ...base, outcome: "never_begun" }, true, "never_begun"],
    ["one above GOAWAY's last id", { ...base, outcome: "above_goaway" }, true, "above_goaway"],
    ["a rejected one", { ...base, outcome: "rejected" }, true, "rejected"],
    [
      "a rejected one after many tries, since it only waits",
      { ...base, outcome: "rejected", attempts: 50, deaths: 2, budgetLeft: 0 },
      true,
      "rejected",
    ],
    ["a rejected one whose body is gone", { ...base, outcome: "rejected", bodyGone: true }, false, "body_gone"],
    ["a taken POST", taken, false, "may_have_run"],
    ["a taken call", { ...taken, method: "CALL" }, false, "may_have_run"],
    ["a taken GET", { ...taken, method: "GET" }, true, "safe_method"],
    ["a taken HEAD with a budget of one", { ...taken, method: "HEAD", budgetLeft: 1 }, true, "safe_method"],
    ["a taken GET without budget", { ...taken, method: "GET", budgetLeft: 0.9 }, false, "budget"],
    ["a first resending without budget, which costs no replica", { ...base, budgetLeft: 0 }, true, "never_written"],
    ["a second resending without budget", { ...base, attempts: 2, budgetLeft: 0 }, false, "budget"],
    ["a taken GET that two dying replicas had", { ...taken, deaths: 2, method: "GET" }, false, "two_deaths"],
    ["anything that two dying replicas had", { ...base, deaths: 2 }, false, "two_deaths"],
    ["a fifth try", { ...base, attempts: 5 }, false, "attempts"],
    ["a started answer", { ...taken, method: "GET", responseStarted: true }, false, "response_started"],
  ] as const)("judges %s", (_name, facts, retry, code) => {
    const decision = decideRetry(facts);
    expect(decision).toMatchObject({ retry, code });
    expect(decision.reason).not.toBe("");
  });
});
