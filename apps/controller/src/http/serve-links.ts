/**
 * The two kinds of links, handed to the leadership's sessions. While this controller stands by, a peer waits for what becomes
 * known: it is refused with the leader's address, or served when the lease comes here.
 */
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
import type { DoorNews } from "./door-news.ts";
import type { Link, LinkHandler, LinkServer } from "./link-server.ts";
import { leadsNoLonger, type ExplainStandby } from "./node-routes.ts";

export interface ServeLinksOptions {
  /** Null while standing by. */
  readonly leadership: () => Leadership | null;
  readonly explainStandby: ExplainStandby;
  readonly doorNews: DoorNews;
}

type Sessions<In, Out> = Pick<LinkHandler<In, Out>, "onClose"> & { receive(link: Link<Out>, message: In): void };

/** Gauges and what is sent again until it is acknowledged: nothing is lost when a leader that comes hears the next one. */
const comeAgain: ReadonlySet<string> = new Set(["heartbeat", "load", "windows"]);
/** A peer says little before it is welcomed. */
const mostHeld = 1_000;
const mostHeldBytes = 32 * 1024 * 1024;

interface Held<In> {
  readonly messages: In[];
  bytes: number;
}

export function serveLinks(links: Pick<LinkServer, "route">, options: ServeLinksOptions): void {
  const { doorNews } = options;
  const agents = serve<AgentMessage, ControllerToAgent>(
    AgentMessage,
    options,
    ({ agents: sessions, nodes, epoch }) => ({
      onClose: (link) => sessions.onClose(link),
      receive: (link, message) => {
        if (message.type !== "hello") return sessions.receive(link, message);
        if (!nodes.admit(link, message.node)) return;
        sessions.receive(link, message);
        doorNews.greet(link, message, epoch);
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
  const onClose: typeof agents.onClose = (link, isGoodbye) => {
    doorNews.forget(link);
    agents.onClose(link, isGoodbye);
  };
  links.route(controllerPaths.agent, true, { ...agents, onClose });
  links.route(controllerPaths.gateway, false, gateways);
}

function serve<In extends { type: string }, Out extends { type: string }>(
  schema: z.ZodType<In>,
  { leadership, explainStandby }: ServeLinksOptions,
  sessionsOf: (leader: Leadership) => Sessions<In, Out>,
  refused: (refusal: { reason: string; leader?: string }) => Out,
): LinkHandler<In, Out> {
  /** What peers said that wait here. */
  const held = new Map<Link<Out>, Held<In>>();

  const handle = (leader: Leadership, link: Link<Out>, message: In): void => {
    if ("protocol" in message && message.protocol !== linkProtocol) {
      link.close(`this controller speaks link protocol ${String(linkProtocol)}, not ${String(message.protocol)}`);
    } else sessionsOf(leader).receive(link, message);
  };

  const hold = (link: Link<Out>, kept: Held<In>, message: In, bytes: number): void => {
    if (comeAgain.has(message.type)) return;
    kept.messages.push(message);
    kept.bytes += bytes;
    if (kept.messages.length > mostHeld || kept.bytes > mostHeldBytes) {
      held.delete(link);
      link.close("too many messages before a welcome");
    }
  };

  const settle = async (link: Link<Out>): Promise<void> => {
    const answer = await explainStandby(link.door);
    const messages = held.get(link)?.messages;
    held.delete(link);
    // It left meanwhile.
    if (messages === undefined) return;
    const leader = leadership();
    if (leader !== null) {
      for (const message of messages) handle(leader, link, message);
      return;
    }
    const { reason, leader: address } = answer ?? {
      reason: leadsNoLonger,
      leader: null,
    };
    link.send(refused({ reason, ...(address === null ? {} : { leader: address }) }));
    link.close(reason);
  };

  return {
    schema,
    onMessage: (link, message, bytes) => {
      const kept = held.get(link);
      if (kept !== undefined) return hold(link, kept, message, bytes);
      const leader = leadership();
      if (leader !== null) return handle(leader, link, message);
      held.set(link, { messages: [message], bytes });
      settle(link).catch((error: unknown) => {
        link.close(`a message could not be handled: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
    onClose: (link, isGoodbye) => {
      held.delete(link);
      const leader = leadership();
      if (leader !== null) sessionsOf(leader).onClose(link, isGoodbye);
    },
  };
}
