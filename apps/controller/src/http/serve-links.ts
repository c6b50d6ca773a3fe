/** The two kinds of links, handed to the leadership's sessions; refused with the leader's address while standing by. */
import {
  AgentMessage,
  controllerPaths,
  GatewayMessage,
  linkProtocol,
  type ControllerToAgent,
  type ControllerToGateway,
} from "@sluice/contracts";
import type { z } from "zod";
import type { Leadership } from "../leader/leadership.ts";
import type { Link, LinkHandler, LinkServer } from "./link-server.ts";

/** Where the leader is, as far as the lease says, and the sentence for people. */
export interface StandbyAnswer {
  readonly reason: string;
  readonly leader: string | null;
}

export interface ServeLinksOptions {
  /** Null while standing by. */
  readonly leadership: () => Leadership | null;
  readonly explainStandby: () => Promise<StandbyAnswer>;
}

type Sessions<In, Out> = Pick<LinkHandler<In, Out>, "onClose"> & { receive(link: Link<Out>, message: In): void };

export function serveLinks(links: LinkServer, options: ServeLinksOptions): void {
  const agents = serve<AgentMessage, ControllerToAgent>(
    AgentMessage,
    options,
    ({ agents: sessions, nodes }) => ({
      onClose: (link) => sessions.onClose(link),
      receive: (link, message) => {
        if (message.type !== "hello" || nodes.admit(link, message.node)) sessions.receive(link, message);
      },
    }),
    (refusal) => ({ type: "refused", epoch: 0, ...refusal }),
  );
  const gateways = serve<GatewayMessage, ControllerToGateway>(
    GatewayMessage,
    options,
    (leader) => leader.gateways,
    (refusal) => ({ type: "refused", epoch: 0, ...refusal }),
  );
  links.route(controllerPaths.agent, true, agents);
  links.route(controllerPaths.gateway, false, gateways);
}

function serve<In extends { type: string }, Out extends { type: string }>(
  schema: z.ZodType<In>,
  { leadership, explainStandby }: ServeLinksOptions,
  sessionsOf: (leader: Leadership) => Sessions<In, Out>,
  refused: (refusal: { reason: string; leader?: string }) => Out,
): LinkHandler<In, Out> {
  return {
    schema,
    onMessage: (link, message) => {
      const leader = leadership();
      if (leader === null) {
        void explainStandby().then(({ reason, leader: address }) => {
          link.send(refused({ reason, ...(address === null ? {} : { leader: address }) }));
          link.close(reason);
        });
      } else if ("protocol" in message && message.protocol !== linkProtocol) {
        link.close(`this controller speaks link protocol ${String(linkProtocol)}, not ${String(message.protocol)}`);
      } else sessionsOf(leader).receive(link, message);
    },
    onClose: (link) => {
      const leader = leadership();
      if (leader !== null) sessionsOf(leader).onClose(link);
    },
  };
}
