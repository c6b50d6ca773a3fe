/** Connected gateways: what each has in force, and the load it reports. Slices go out to all of them. */
import type { ControllerToGateway, GatewayMessage, PoolLoad, RoutingSlice, SliceVersion } from "@sluice/contracts";
import { fenced, markGatewayDisconnected, notify, saveGatewayApplied, upsertGateway } from "@sluice/db";
import type { Link } from "../http/link-server.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import { isAtLeast } from "../routing/slice-table.ts";

interface Session {
  readonly gatewayId: string;
  readonly link: Link<ControllerToGateway>;
  readonly applied: Map<string, SliceVersion>;
  load: readonly PoolLoad[];
  /** Writes of one gateway happen in the order of its messages. */
  writes: Promise<void>;
}

export interface GatewaySessionsOptions {
  readonly context: LeaderContext;
  readonly projectId: string;
  /** Resolves when the slices of all applications are known: before that a full set would take routes away. */
  readonly whenComplete: Promise<void>;
  readonly allSlices: () => RoutingSlice[];
  /** A gateway came, went, or confirmed versions. */
  readonly onChange: (applications: readonly string[] | "all") => void;
  readonly onWindows: (
    report: Extract<GatewayMessage, { type: "windows" }>["report"],
    acknowledge: (windowStartMs: number[]) => void,
  ) => void;
}

export class GatewaySessions {
  readonly #options: GatewaySessionsOptions;
  readonly #sessions = new Map<Link<ControllerToGateway>, Session>();

  constructor(options: GatewaySessionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** True when every connected gateway, and at least one, has this version in force. */
  isInForce(application: string, wanted: Pick<RoutingSlice, "epoch" | "version">): boolean {
    if (this.#sessions.size === 0) return false;
    return [...this.#sessions.values()].every((session) => isAtLeast(session.applied.get(application), wanted));
  }

  /** Sum of the gauges of all gateways per pool: the T of autoscaling. */
  load(): Map<string, { queued: number; sent: number }> {
    const sum = new Map<string, { queued: number; sent: number }>();
    for (const session of this.#sessions.values()) {
      for (const { poolId, queued, sent } of session.load) {
        const known = sum.get(poolId) ?? { queued: 0, sent: 0 };
        sum.set(poolId, { queued: known.queued + queued, sent: known.sent + sent });
      }
    }
    return sum;
  }

  publish(slices: readonly RoutingSlice[], removed: readonly string[]): void {
    const { epoch } = this.#options.context;
    for (const { link } of this.#sessions.values()) {
      link.send({ type: "slices", epoch, full: false, slices: [...slices], removed: [...removed] });
    }
  }

  receive(link: Link<ControllerToGateway>, message: GatewayMessage): void {
    if (message.type === "hello") return this.#open(link, message);
    const session = this.#sessions.get(link);
    if (session === undefined) return link.close("the first message must be hello");
    switch (message.type) {
      case "load":
        session.load = message.pools;
        return;
      case "windows":
        this.#options.onWindows(message.report, (windowStartMs) => {
          const { epoch } = this.#options.context;
          link.send({ type: "windows_ack", epoch, reporter: message.report.reporter, windowStartMs });
        });
        return;
      case "applied":
        for (const version of message.slices) session.applied.set(version.application, version);
        this.#write(session, () => this.#saveApplied(session, message.slices));
        this.#options.onChange(message.slices.map((version) => version.application));
        return;
      default:
        return message satisfies never;
    }
  }

  onClose(link: Link<ControllerToGateway>): void {
    const session = this.#sessions.get(link);
    if (session === undefined) return;
    this.#sessions.delete(link);
    this.#write(session, async () => {
      const { database, epoch } = this.#options.context;
      await fenced(database, epoch, async (tx) => {
        await markGatewayDisconnected(tx, session.gatewayId);
        await notify(tx, "sluice_status");
      });
    });
    this.#options.onChange("all");
  }

  #open(link: Link<ControllerToGateway>, hello: Extract<GatewayMessage, { type: "hello" }>): void {
    const { context, projectId, whenComplete, allSlices } = this.#options;
    const applied = new Map(hello.slices.map((version) => [version.application, version]));
    const session: Session = { gatewayId: hello.gatewayId, link, applied, load: [], writes: Promise.resolve() };
    this.#sessions.set(link, session);
    link.send({ type: "welcome", epoch: context.epoch });
    void whenComplete.then(() => {
      link.send({ type: "slices", epoch: context.epoch, full: true, slices: allSlices(), removed: [] });
    });
    this.#write(session, async () => {
      await fenced(context.database, context.epoch, async (tx) => {
        const { gatewayId: id, name, address, slices } = hello;
        await upsertGateway(tx, { id, projectId, name, address, applied: slices });
        await notify(tx, "sluice_status");
      });
    });
    this.#options.onChange("all");
  }

  async #saveApplied(session: Session, slices: readonly SliceVersion[]): Promise<void> {
    const { database, epoch } = this.#options.context;
    await fenced(database, epoch, (tx) => saveGatewayApplied(tx, session.gatewayId, slices));
  }

  #write(session: Session, work: () => Promise<void>): void {
    session.writes = session.writes.then(work).catch((error: unknown) => {
      this.#options.context.logger.error(
        { err: error, gatewayId: session.gatewayId },
        "a gateway's report was not saved",
      );
    });
  }
}
