import { ControllerAddress, createLogger } from "@sluice/observability";
import { expect, test, vi } from "vitest";
import { secret, startFakeController } from "../../test/fake-controller.ts";
import { ControllerSession } from "./controller-session.ts";

test("the controller is told what the replicas of this node count, as often as it asks", async () => {
  const controller = await startFakeController();
  let reads = 0;
  const unused = (): never => {
    throw new Error("nothing else is asked");
  };
  const session = new ControllerSession({
    onCertifier: () => undefined,
    dataListener: () => null,
    onControllers: () => undefined,
    address: new ControllerAddress([controller.url]),
    secret,
    initialEpoch: 0,
    facts: {
      nodeId: "n1",
      name: "n1",
      hostname: "h",
      dataAddress: "local",
      cpus: 1,
      memoryBytes: 1,
      gpus: [],
      custom: {},
      labels: {},
      agentVersion: "1",
      platform: "linux",
    },
    logger: createLogger({ name: "agent", level: "silent", format: "json" }),
    measureUsage: async () => ({ at: 0, cpuPercent: null, memoryUsedBytes: null, gpus: [] }),
    observations: () => [],
    onAssignments: unused,
    onSlices: unused,
    onWindowsAcknowledged: unused,
    describe: unused,
    readLogs: unused,
    readMetrics: async () => `sluice_reads_total ${(reads += 1)}\n`,
  });
  session.start();
  await controller.connected();
  controller.send({ type: "read_metrics", requestId: "a" });
  controller.send({ type: "read_metrics", requestId: "b" });
  await vi.waitFor(() =>
    expect(controller.messages.filter(({ type }) => type === "metrics")).toEqual([
      { type: "metrics", requestId: "a", text: "sluice_reads_total 1\n" },
      { type: "metrics", requestId: "b", text: "sluice_reads_total 2\n" },
    ]),
  );
  await session.close();
  await controller.close();
});
