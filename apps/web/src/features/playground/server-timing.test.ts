import { expect, it } from "vitest";
import { readHops } from "./server-timing.ts";

const lines = (header: string | undefined): string[] =>
  readHops(header).map(({ name, ms, note }) => [name, ms === null ? "" : `${ms} ms`, note].filter(Boolean).join(" | "));

it("tells queue, retry, batch and model in words", () => {
  expect(
    lines(
      'queue;dur=397.87;desc="wait_for_place", retry;desc="1, safe_method", batch;dur=1.6;desc="21 of 32, idle", model;dur=0.2',
    ),
  ).toEqual([
    "Queue | 397.87 ms | all replicas were busy",
    "Retried | 1, safe method",
    "Batch | 1.6 ms | 21 of 32, idle",
    "Model | 0.2 ms",
  ]);
});

it("names each call, and the code that made them", () => {
  expect(lines('queue;dur=0.06, model;dur=4.2, call;dur=0.7;desc="Preprocess.sentences"')).toEqual([
    "Queue | 0.06 ms",
    "Replica | 4.2 ms",
    "Preprocess.sentences | 0.7 ms",
  ]);
});

it("tells what was beneath a call, with its way", () => {
  const header =
    'queue;dur=0.1, model;dur=9, call;dur=8;desc="A.do_it", call;dur=5;desc="A.do_it > M.predict", ' +
    'batch;dur=0.2;desc="A.do_it > M.predict: 4 of 32, idle", model;dur=1.1;desc="A.do_it > M.predict"';
  expect(lines(header)).toEqual([
    "Queue | 0.1 ms",
    "Replica | 9 ms",
    "A.do_it | 8 ms",
    "A.do_it > M.predict | 5 ms",
    "Batch | 0.2 ms | A.do_it > M.predict: 4 of 32, idle",
    "Model | 1.1 ms | A.do_it > M.predict",
  ]);
});

it("tells how long a replica had a request that it did not answer", () => {
  expect(lines("queue;dur=0.05, replica;dur=1000.4")).toEqual([
    "Queue | 0.05 ms",
    "Replica | 1000.4 ms | it gave no answer",
  ]);
});

it("tells why a request could not even wait", () => {
  expect(lines('queue;dur=0.03;desc="queue_full"')).toEqual(["Queue | 0.03 ms | the line was full"]);
});

it("is empty without the header, and leaves out what it cannot read", () => {
  expect(lines(undefined)).toEqual([]);
  expect(lines('cache;dur=oops, db;dur=3;desc="a, b"')).toEqual(["db | 3 ms | a, b"]);
});
