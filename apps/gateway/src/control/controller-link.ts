/** The gateway's side of its link: takes slices, reports what is in force, the load, and the windows. */
import {
  ControllerToGateway,
  controllerPaths,
  GatewayMessage,
  linkProtocol,
  type SliceVersion,
} from "@sluice/contracts";
import {
  LinkClient,
  readMachineId,
  type ControllerAddress,
  type Logger,
  type WindowReporter,
} from "@sluice/observability";
import { LoadReports } from "@sluice/router";
import type { GatewayCertificate } from "../upstream/gateway-certificate.ts";
import { NodeTries } from "../upstream/node-tries.ts";
import type { RoutingState } from "../routing/routing-state.ts";

export interface ControllerLinkOptions {
  /** Whichever controller leads. */
  readonly controller: ControllerAddress;
  readonly secret: string;
  readonly gatewayId: string;
  readonly name: string;
  /** Address at which clients reach this gateway. */
  readonly address: string;
  readonly routing: RoutingState;
  readonly windows: WindowReporter;
  readonly certificate: GatewayCertificate;
  readonly logger: Logger;
  /** Called after slices changed. */
  readonly onRouting: () => void;
}

const loadIntervalMs = 500;
const queueLookMs = 50;
const windowIntervalMs = 1_000;

export function startControllerLink(options: ControllerLinkOptions): { close(): Promise<void> } {
  const { controller, routing, windows, certificate, gatewayId } = options;
  const machineId = readMachineId();
  let isCertifier = false;
  const link = new LinkClient<GatewayMessage, ControllerToGateway>({
    url: () => `${controller.current}${controllerPaths.gateway}`,
    onStandby: (leader) => controller.follow(leader),
    onDown: () => controller.failed(),
    secret: options.secret,
    outgoing: GatewayMessage,
    incoming: ControllerToGateway,
    logger: options.logger,
    initialEpoch: routing.snapshot().epoch,
    onOpen: () => {
      const { name, address } = options;
      const slices = routing.versions();
      link.send({ type: "hello", protocol: linkProtocol, gatewayId, name, address, slices, machineId });
      loads.tell();
    },
    onMessage: (message) => receive(message),
    onClose: () => (isCertifier = false),
  });
  certificate.send = (ask) => isCertifier && link.send({ type: "certify", ...ask });
  const tries = new NodeTries({
    gatewayId,
    tlsToNode: (nodeId) => certificate.tlsToNode(nodeId),
    tell: (nodes) => {
      if (isCertifier) link.send({ type: "node_reach", nodes: [...nodes] });
    },
  });

  function receive(message: ControllerToGateway): void {
    switch (message.type) {
      case "welcome":
        // An earlier controller would cut the link at a message that it does not know.
        isCertifier = message.certifies === true;
        if (isCertifier) tries.tellAll();
        return;
      case "certified":
        return certificate.settle(message);
      case "try_nodes":
        return tries.replace(message.nodes);
      case "refused":
        options.logger.warn({ reason: message.reason }, "the controller refused the link");
        return;
      case "slices":
        routing.apply(message);
        options.onRouting();
        link.send({ type: "applied", slices: inForce(message.slices) });
        return;
      case "windows_ack":
        windows.acknowledge(message.windowStartMs);
        return;
      default:
        return message satisfies never;
    }
  }

  /** Answers with the versions in force of the applications that the message was about, and only those. */
  function inForce(named: readonly { readonly application: string }[]): SliceVersion[] {
    const names = new Set(named.map((slice) => slice.application));
    return routing.versions().filter((version) => names.has(version.application));
  }

  const loads = new LoadReports({
    pools: routing.pools,
    send: (pools) => {
      if (link.isOpen) link.send({ type: "load", at: Date.now(), pools });
      return link.isOpen;
    },
    everyMs: loadIntervalMs,
    lookEveryMs: queueLookMs,
    now: () => performance.now(),
  });
  const windowTimer = setInterval(() => {
    if (!link.isOpen) return;
    const report = windows.report();
    if (report.windows.length > 0) link.send({ type: "windows", report });
  }, windowIntervalMs);
  link.start();

  return {
    close: async () => {
      loads.stop();
      tries.close();
      certificate.close();
      clearInterval(windowTimer);
      const report = windows.report();
      if (link.isOpen && report.windows.length > 0) link.send({ type: "windows", report });
      await link.close();
    },
  };
}
