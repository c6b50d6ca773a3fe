import { expect, test } from "vitest";
import { buildAssignment } from "../../test/assignment.ts";
import { planHostEnvironment, planThreadCaps } from "./host-environment.ts";

const plan = (given: Parameters<typeof buildAssignment>[0]) =>
  planHostEnvironment({
    assignment: buildAssignment(given),
    inherited: { PATH: "/bin" },
    logLevel: "info",
    logFormat: "json",
  });

test("a replica without GPUs sees none, not all", () => {
  expect(plan({})).toMatchObject({ PATH: "/bin", CUDA_VISIBLE_DEVICES: "" });
});

test("granted GPUs are named by UUID, and the user's variables cannot reach for others", () => {
  const env = plan({
    gpuUuids: ["GPU-a", "GPU-b"],
    envVars: { CUDA_VISIBLE_DEVICES: "0,1,2", SLUICE_REPLICA_ID: "other", MODE: "x" },
  });
  expect(env).toMatchObject({ CUDA_VISIBLE_DEVICES: "GPU-a,GPU-b", SLUICE_REPLICA_ID: "rep-1", MODE: "x" });
});

test("variables of a program do not reach its host", () => {
  expect(plan({ runtime: "process", envVars: { NODE_OPTIONS: "--inspect" } })).not.toHaveProperty("NODE_OPTIONS");
});

test.each([
  [0.1, "1"],
  [1.9, "1"],
  [4, "4"],
])("%f CPUs allow %s threads", (cpus, threads) => {
  const caps = planThreadCaps(cpus);
  expect(caps).toMatchObject({ OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads });
  expect(caps).toMatchObject({ NUMEXPR_MAX_THREADS: threads, RAYON_NUM_THREADS: threads });
});

test("the user may set another number of threads", () => {
  expect(plan({ envVars: { OMP_NUM_THREADS: "8" } })["OMP_NUM_THREADS"]).toBe("8");
});

test("members of a replica find each other as torch.distributed expects, whatever the user's variables say", () => {
  const members = { worldSize: 4, rank: 2, rendezvous: { host: "10.0.0.7", port: 29_500 }, envVars: { RANK: "0" } };
  expect(plan(members)).toMatchObject({
    RANK: "2",
    WORLD_SIZE: "4",
    LOCAL_RANK: "0",
    MASTER_ADDR: "10.0.0.7",
    MASTER_PORT: "29500",
    SLUICE_RANK: "2",
    SLUICE_WORLD_SIZE: "4",
  });
  const local = plan({ ...members, rendezvous: { host: "local", port: 29_500 } });
  expect(local["MASTER_ADDR"]).toBe("127.0.0.1");
});

test("a replica of one does not look distributed", () => {
  expect(Object.keys(plan({ rendezvous: { host: "local", port: 1 } }))).not.toContain("RANK");
});
