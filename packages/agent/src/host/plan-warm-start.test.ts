import { expect, test } from "vitest";
import { planWarmStart } from "./plan-warm-start.ts";

const inherited = { PATH: "/bin", LANG: "C.UTF-8", NODE_EXTRA_CA_CERTS: "/ca.pem" };

test.each([
  ["nothing of its own", {}, true],
  ["variables for its code", { MODEL: "a", OMP_NUM_THREADS: "2", CUDA_VISIBLE_DEVICES: "" }, true],
  ["what it inherits, said again", { LANG: "C.UTF-8" }, true],
  ["options of Node", { NODE_OPTIONS: "--max-old-space-size=100" }, false],
  ["another certificate file", { NODE_EXTRA_CA_CERTS: "/other.pem" }, false],
  ["a path of the loader", { LD_LIBRARY_PATH: "/opt/lib" }, false],
  ["the size of the thread pool", { UV_THREADPOOL_SIZE: "8" }, false],
  ["a locale", { LC_ALL: "de_DE.UTF-8" }, false],
])("%s", (_what, own, isPossible) => {
  const plan = planWarmStart({ ...inherited, ...own }, inherited);
  expect(plan.isPossible).toBe(isPossible);
  if (!plan.isPossible) expect(plan.reason).toContain(Object.keys(own)[0]);
});
