/** Keeps the states of nodes true: by the clock, and at once when people want something else of one. */
import type { ControllerToAgent, JoinAnswer, NodeFacts } from "@sluice/contracts";
import type { Database } from "@sluice/db";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { Link } from "../http/link-server.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import { joinNode } from "./join-node.ts";
import { judgeNodes } from "./judge-nodes.ts";
import { dismissRemoved, refusalOf, refuse } from "./refuse-removed.ts";

export interface NodeWatchOptions {
  readonly context: LeaderParts;
  readonly agents: AgentSessions;
  readonly gateways: Pick<GatewaySessions, "views">;
  /** Nodes changed: placements and replicas on them are to be planned again. */
  readonly onChange: () => void;
}

export class NodeWatch {
  readonly #options: NodeWatchOptions;
  readonly #leaderSinceMs: number;

  constructor(options: NodeWatchOptions) {
    this.#options = options;
    this.#leaderSinceMs = options.context.now();
  }

  async judge(): Promise<void> {
    const { context, agents } = this.#options;
    await judgeNodes({ ...this.#options, leaderSinceMs: this.#leaderSinceMs });
    dismissRemoved(context, agents.all());
  }

  /** Somebody may want something else of nodes. */
  async noteIntents(): Promise<void> {
    const { context, onChange } = this.#options;
    await context.reader.readNodeIntents();
    await this.judge();
    // Labels count for placement without any change of state.
    onChange();
  }

  /** A machine that has a token becomes a node. One that is here under the same id already is not taken over. */
  async join(database: Database, authorization: string | undefined, body: unknown): Promise<JoinAnswer> {
    const { epoch, now } = this.#options.context;
    const isHere = (nodeId: string): boolean => this.#options.agents.get(nodeId) !== undefined;
    return await joinNode({ database, epoch, now, isHere }, authorization, body);
  }

  /** True when the agent may go on; else it was told to stop what it runs, and refused. */
  admit(link: Link<ControllerToAgent>, node: NodeFacts): boolean {
    const { context, agents } = this.#options;
    if (link.caller.kind === "node" && link.caller.nodeId !== node.nodeId) {
      refuse(link, context.epoch, `This credential belongs to node ${link.caller.nodeId}, not to ${node.nodeId}.`);
      return false;
    }
    const reason = refusalOf(context, node, link.caller);
    if (reason === null) return true;
    agents.dismiss(link);
    refuse(link, context.epoch, reason);
    return false;
  }
}
