/** The gateway's side of its link: takes slices, reports what is in force, the load, and the windows. */
import { ControllerToGateway, GatewayMessage, linkProtocol, type SliceVersion } from "@sluice/contracts";
import { LinkClient, type Logger, type WindowReporter } from "@sluice/observability";
import type { RoutingState } from "../routing/routing-state.ts";
import { LoadReports } from "./load-reports.ts";

export interface ControllerLinkOptions {
  readonly url: string;
  readonly secret: string;
  readonly gatewayId: string;
  readonly name: string;
  /** Address at which clients reach this gateway. */
  readonly address: string;
  readonly routing: RoutingState;
  readonly windows: WindowReporter;
  readonly logger: Logger;
  /** Called after slices changed. */
  readonly onRouting: () => void;
}

const loadIntervalMs = 500;
const queueLookMs = 50;
const windowIntervalMs = 1_000;

export function startControllerLink(options: ControllerLinkOptions): { close(): Promise<void> } {
  const { routing, windows } = options;
  const link = new LinkClient<GatewayMessage, ControllerToGateway>({
    url: `${options.url}/internal/gateway`,
    secret: options.secret,
    outgoing: GatewayMessage,
    incoming: ControllerToGateway,
    logger: options.logger,
    initialEpoch: routing.snapshot().epoch,
    onOpen: () => {
      const { gatewayId, name, address } = options;
      link.send({ type: "hello", protocol: linkProtocol, gatewayId, name, address, slices: routing.versions() });
      loads.tell();
    },
    onMessage: (message) => receive(message),
    onClose: () => undefined,
  });

  function receive(message: ControllerToGateway): void {
    switch (message.type) {
      case "welcome":
        return;
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
      clearInterval(windowTimer);
      const report = windows.report();
      if (link.isOpen && report.windows.length > 0) link.send({ type: "windows", report });
      await link.close();
    },
  };
}
