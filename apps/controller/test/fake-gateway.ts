/** Plays a gateway without an HTTP side: it keeps slices as the real one does and confirms them, unless told to wait. */
import {
  controllerPaths,
  ControllerToGateway,
  linkProtocol,
  type CertificateAnswer,
  type GatewayMessage,
  type RoutingSlice,
} from "@sluice/contracts";
import { FakeLink } from "./fake-link.ts";

type TryNodes = Extract<ControllerToGateway, { type: "try_nodes" }>;

export class FakeGateway {
  readonly gatewayId: string;
  readonly removed: string[] = [];
  readonly welcomes: number[] = [];
  readonly refusals: string[] = [];
  readonly acknowledged: number[] = [];
  readonly fullSets: string[][] = [];
  readonly certified: CertificateAnswer[] = [];
  readonly toTry: TryNodes["nodes"][] = [];
  /** While false, slices are taken but not confirmed. */
  confirms = true;
  readonly #secret: string;
  readonly #machineId: string | undefined;
  readonly #slices = new Map<string, RoutingSlice>();
  #link: FakeLink<GatewayMessage> | null = null;

  constructor(options: { readonly gatewayId: string; readonly secret: string; readonly machineId?: string }) {
    this.gatewayId = options.gatewayId;
    this.#secret = options.secret;
    this.#machineId = options.machineId;
  }

  get closed(): string | null {
    return this.#link?.closed ?? null;
  }

  async connect(port: number): Promise<void> {
    this.#link = await FakeLink.open<GatewayMessage, ControllerToGateway>({
      port,
      path: controllerPaths.gateway,
      secret: this.#secret,
      schema: ControllerToGateway,
      onMessage: (message) => this.#receive(message),
    });
    const slices = this.#versions();
    const { gatewayId } = this;
    const address = "http://127.0.0.1:8000";
    const machine = this.#machineId === undefined ? {} : { machineId: this.#machineId };
    this.send({ type: "hello", protocol: linkProtocol, gatewayId, name: gatewayId, address, slices, ...machine });
  }

  slice(application: string): RoutingSlice | undefined {
    return this.#slices.get(application);
  }

  /** Weights in force, `{ r1: 90, r2: 10 }`. */
  weights(application: string): Record<string, number> {
    const variants = this.#slices.get(application)?.variants ?? [];
    return Object.fromEntries(variants.map(({ variant, weight }) => [variant, weight]));
  }

  /** Ids of the ready replicas of all pools. */
  backends(application: string): string[] {
    const pools = Object.values(this.#slices.get(application)?.pools ?? {});
    return pools.flatMap((pool) => pool.backends.map((backend) => backend.replicaId)).sort();
  }

  /** Confirms everything that it has. */
  confirm(): void {
    this.confirms = true;
    this.send({ type: "applied", slices: this.#versions() });
  }

  send(message: GatewayMessage): void {
    this.#link?.send(message);
  }

  sendText(text: string): void {
    this.#link?.sendText(text);
  }

  stop(): void {
    this.#link?.cut();
  }

  #receive(message: ControllerToGateway): void {
    switch (message.type) {
      case "welcome":
        this.welcomes.push(message.epoch);
        return;
      case "refused":
        this.refusals.push(message.reason);
        return;
      case "windows_ack":
        this.acknowledged.push(...message.windowStartMs);
        return;
      case "slices":
        if (message.full) {
          this.fullSets.push(message.slices.map((slice) => slice.application));
          this.#slices.clear();
        }
        for (const name of message.removed) this.#slices.delete(name);
        this.removed.push(...message.removed);
        for (const slice of message.slices) this.#slices.set(slice.application, slice);
        if (this.confirms) this.send({ type: "applied", slices: this.#versions() });
        return;
      case "certified":
        this.certified.push(message);
        return;
      case "try_nodes":
        this.toTry.push(message.nodes);
        return;
      default:
        return message satisfies never;
    }
  }

  #versions() {
    return [...this.#slices.values()].map(({ application, epoch, version }) => ({ application, epoch, version }));
  }
}
