import { memberName } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { HostConnection, HostHello } from "../host/host-server.ts";
import { isProcessAlive } from "../host/process-facts.ts";
import { signalGroup } from "../host/start-host.ts";

const graceMs = 30_000;

/** A process that no record knows: it drains itself, or is ended after a grace. */
export function dismissStray(hello: HostHello, connection: HostConnection, logger: Logger): void {
  const { pid } = hello;
  const member = memberName(hello);
  logger.warn({ replicaId: member, pid }, "a process nobody assigned dialled in: draining it");
  connection.send({ type: "drain", timeoutS: graceMs / 1000 - 10, waitLoopS: 2 });
  setTimeout(() => {
    if (isProcessAlive(hello, member)) signalGroup(pid, "SIGKILL");
  }, graceMs).unref();
}
