import { linkProtocol, type ControllerToGateway } from "@sluice/contracts";
import type { Link } from "../../src/http/link-server.ts";
import type { LeaderCore } from "../../src/leader/core.ts";

/** A gateway that has every slice in force as soon as the event loop turns. */
export function connectGateway(core: LeaderCore, gatewayId: string): void {
  const link: Link<ControllerToGateway> = {
    remote: gatewayId,
    door: "internal",
    caller: { kind: "cluster" },
    send: (message) => {
      if (message.type !== "slices") return;
      const slices = message.slices.map(({ application, epoch, version }) => ({ application, epoch, version }));
      setImmediate(() => core.gateways.receive(link, { type: "applied", slices }));
    },
    close: () => undefined,
  };
  const about = { gatewayId, name: gatewayId, address: "http://127.0.0.1:8000" };
  core.gateways.receive(link, { type: "hello", protocol: linkProtocol, ...about, slices: [] });
}
