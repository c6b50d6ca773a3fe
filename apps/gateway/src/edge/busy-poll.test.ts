import { expect, test } from "vitest";
import { BusyPoll } from "./busy-poll.ts";

/** A loop by hand: `sleep` lets time pass in turns of 10 us, as far as somebody wants them, and tells how long it was polled. */
function loop(limitMs = 0.3) {
  let nowMs = 1_000;
  const next: (() => void)[] = [];
  const poll = new BusyPoll(limitMs, { now: () => nowMs, soon: (run) => void next.push(run) });
  const sleep = (ms: number): number => {
    const endMs = nowMs + ms;
    let polledMs = 0;
    while (next.length > 0 && nowMs < endMs) {
      nowMs += 0.01;
      polledMs += 0.01;
      next.shift()?.();
    }
    nowMs = Math.max(nowMs, endMs);
    return polledMs;
  };
  const exchange = (answerMs: number, pauseMs: number): { answer: number; pause: number } => {
    poll.begin();
    const answer = sleep(answerMs);
    poll.end();
    return { answer, pause: sleep(pauseMs) };
  };
  return { poll, sleep, exchange };
}

test("a lone client with fast answers is polled for all the time, once that is known", () => {
  const { exchange } = loop();
  expect(exchange(0.1, 0.05)).toEqual({ answer: 0, pause: 0 });
  for (let n = 0; n < 20; n += 1) exchange(0.1, 0.05);
  const { answer, pause } = exchange(0.1, 0.05);
  expect(answer).toBeCloseTo(0.1, 1);
  expect(pause).toBeCloseTo(0.05, 1);
});

test("a slow model costs no polling, also after fast ones, and neither does a client that thinks", () => {
  const { exchange } = loop();
  for (let n = 0; n < 20; n += 1) exchange(0.1, 0.05);
  expect(exchange(50, 0.05).answer).toBeLessThan(0.32);
  for (let n = 0; n < 10; n += 1) exchange(50, 500);
  expect(exchange(50, 500)).toEqual({ answer: 0, pause: 0 });
  // Fast answers to rare requests: the answer is polled for, the pause is not.
  for (let n = 0; n < 30; n += 1) exchange(0.1, 500);
  const { answer, pause } = exchange(0.1, 500);
  expect(answer).toBeGreaterThan(0.08);
  expect(pause).toBeLessThan(0.02);
});

test("never longer than the limit when what was expected does not come", () => {
  const { exchange, sleep } = loop();
  for (let n = 0; n < 20; n += 1) exchange(0.1, 0.05);
  const polled = exchange(0.1, 60_000).pause;
  expect(polled).toBeGreaterThan(0.2);
  expect(polled).toBeLessThan(0.32);
  expect(sleep(1_000)).toBe(0);
});

test("requests that run at the same time are not polled for", () => {
  const { poll, sleep, exchange } = loop();
  for (let n = 0; n < 20; n += 1) exchange(0.1, 0.05);
  poll.begin();
  poll.begin();
  expect(sleep(5)).toBeLessThan(0.02);
  poll.end();
  expect(sleep(5)).toBe(0);
  poll.end();
  expect(sleep(5)).toBe(0);
});

test("0 switches it off", () => {
  const { exchange } = loop(0);
  for (let n = 0; n < 20; n += 1) expect(exchange(0.1, 0.05)).toEqual({ answer: 0, pause: 0 });
});
