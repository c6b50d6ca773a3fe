/** What people, machines and bad luck do to the cluster, drawn from the seed. */
import type { DeploymentSpec, NodeFacts } from "@sluice/contracts";
import type { ApplicationPart } from "../src/state/application-part.ts";
import type { SimulatedCluster } from "./simulated-cluster.ts";
import { changeIntent, putApplication, type DeploymentWish } from "./wishes.ts";

export const applicationNames = ["chat", "vision", "rank", "embed", "speech", "fraud"] as const;

export function simulatedNodes(count: number): NodeFacts[] {
  return Array.from({ length: count }, (_, index) => ({
    nodeId: `node-${String(index)}`,
    name: `node-${String(index)}`,
    hostname: `host-${String(index)}`,
    dataAddress: "10.0.0.1",
    cpus: 16,
    memoryBytes: 64e9,
    gpus: index % 3 === 0 ? [gpu(index, 0), gpu(index, 1)] : [],
    custom: {},
    labels: { zone: `z${String(index % 2)}` },
    agentVersion: "0.1.0",
    platform: "linux",
  }));
}

function gpu(node: number, index: number): NodeFacts["gpus"][number] {
  const empty = { memoryTotalBytes: 80e9, memoryUsedBytes: null, utilisationPercent: null };
  const uuid = `GPU-${String(node)}-${String(index)}`;
  return { uuid, index, name: "A100", model: "NVIDIA A100", parentUuid: null, migProfile: null, ...empty };
}

export interface StoryOptions {
  /** People do things, but nothing dies. */
  readonly isCalm: boolean;
}

export class Story {
  readonly #cluster: SimulatedCluster;
  readonly #options: StoryOptions;
  readonly log: string[] = [];
  #codes = 0;

  constructor(cluster: SimulatedCluster, options: StoryOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  begin(): void {
    for (const name of applicationNames) this.#put(name, false);
  }

  /** One deed. */
  act(): void {
    const { chance } = this.#cluster;
    const calm = [
      this.#deploy,
      this.#deploy,
      this.#rollBack,
      this.#split,
      this.#scale,
      this.#load,
      this.#load,
      this.#pause,
    ];
    const rough = [
      this.#kill,
      this.#kill,
      this.#nodeDies,
      this.#partition,
      this.#agentRestarts,
      this.#gatewayRestarts,
      this.#takeOver,
      this.#fault,
      this.#schedule,
      this.#remove,
    ];
    const deed = chance.pick(this.#options.isCalm ? calm : [...calm, ...rough]);
    deed?.call(this);
  }

  /** Everything works again, and nobody does anything any more. */
  calmDown(): void {
    const { agents, store } = this.#cluster;
    for (const agent of agents) if (!agent.isUp) agent.start();
    store.nodeIntents.clear();
    store.nextFault = null;
    for (const [id, { intent }] of store.applications) {
      if (intent.application.rolloutPausedAtMs !== null) this.#change(id, { rolloutPausedAtMs: null });
    }
    this.#say("calm");
  }

  /** Takes an application back to an earlier revision; answers what is to be found at rest. */
  rollBackOne(): { readonly id: string; readonly revision: number } | null {
    const { store, chance } = this.#cluster;
    const candidates = [...store.applications].flatMap(([id, part]) => {
      const earlier = workingRevisions(part).filter((number) => number !== part.intent.application.targetRevision);
      return earlier.length > 0 ? [{ id, revision: chance.pick(earlier) ?? 0 }] : [];
    });
    const chosen = chance.pick(candidates);
    if (chosen === undefined) return null;
    this.#change(chosen.id, { targetRevision: chosen.revision }, null);
    return chosen;
  }

  #deploy(): void {
    const { chance } = this.#cluster;
    this.#put(chance.pick(applicationNames) ?? "chat", chance.hits(0.15));
  }

  #put(name: string, isBroken: boolean): void {
    const { chance, store, clock } = this.#cluster;
    const hasCode = store.applications.has(`app-${name}`);
    const isSameCode = hasCode && !isBroken && chance.hits(0.4);
    if (!isSameCode) this.#codes += 1;
    const code = `${isBroken ? "broken" : "code"}${String(isSameCode ? Math.max(1, this.#codes) : this.#codes)}`;
    const revision = putApplication(store, { name, code, deployments: this.#deployments(name) }, clock.now());
    this.#tell(`app-${name}`, `put ${name} r${String(revision)} ${code}`);
  }

  #deployments(name: string): DeploymentWish[] {
    const { chance } = this.#cluster;
    const count = chance.whole(1, 5);
    const settings = { user_config: { threshold: chance.whole(1, 3) } };
    if (name === "embed") {
      const bounds = { min_replicas: 1, max_replicas: 6, target_ongoing_requests: 2, downscale_delay_s: 30 };
      return [{ options: { name: "model", autoscaling_config: bounds, ...settings, ...cpus(0.5) }, outbound: [] }];
    }
    if (name === "vision") {
      const gpus = { ray_actor_options: { num_cpus: 1, num_gpus: chance.pick([0.5, 1]) ?? 1 } };
      return [{ options: { name: "model", num_replicas: Math.min(3, count), ...settings, ...gpus }, outbound: [] }];
    }
    if (name === "rank") {
      return [
        { options: { name: "front", num_replicas: Math.max(1, count - 1), ...cpus(0.25) }, outbound: ["model"] },
        { options: { name: "model", num_replicas: count, ...settings, ...cpus(1) }, outbound: [] },
      ];
    }
    return [{ options: { name: "model", num_replicas: count, ...settings, ...cpus(0.5) }, outbound: [] }];
  }

  #rollBack(): void {
    const chosen = this.rollBackOne();
    if (chosen !== null) this.#say(`roll back ${chosen.id} to r${String(chosen.revision)}`);
  }

  #split(): void {
    const { store, chance } = this.#cluster;
    const [id, part] = chance.pick([...store.applications]) ?? [];
    if (id === undefined || part === undefined) return;
    const [first, second] = workingRevisions(part).slice(-2);
    if (first === undefined || second === undefined) return;
    const weight = chance.whole(1, 99);
    const entries = [
      { revision: first, weight },
      { revision: second, weight: 100 - weight },
    ];
    this.#change(id, {}, chance.hits(0.3) ? null : entries);
  }

  #scale(): void {
    const { chance } = this.#cluster;
    const name = chance.pick(["chat", "speech", "fraud"]) ?? "chat";
    this.#change(`app-${name}`, { manualScale: { model: chance.whole(1, 8) } });
  }

  #pause(): void {
    const { chance, clock } = this.#cluster;
    const id = `app-${chance.pick(applicationNames) ?? "chat"}`;
    this.#change(id, { rolloutPausedAtMs: chance.hits(0.3) ? clock.now() : null });
  }

  #load(): void {
    const { chance, loads } = this.#cluster;
    loads.set("embed", chance.pick([0, 0, 1, 3, 8, 20, 40]) ?? 0);
    this.#say(`load of embed is ${String(loads.get("embed"))}`);
  }

  #kill(): void {
    const { agents, chance } = this.#cluster;
    const agent = chance.pick(agents.filter(({ isUp }) => isUp));
    const replicaId = chance.pick(agent?.running() ?? []);
    if (replicaId === undefined) return;
    agent?.kill(replicaId);
    this.#say(`kill ${replicaId}`);
  }

  #nodeDies(): void {
    const { agents, chance, clock } = this.#cluster;
    const up = agents.filter(({ isUp }) => isUp);
    const agent = up.length > agents.length / 2 ? chance.pick(up) : undefined;
    if (agent === undefined) return;
    agent.die();
    this.#say(`${agent.nodeId} dies`);
    clock.after(chance.whole(3_000, 120_000), () => {
      if (!agent.isUp) agent.start();
    });
  }

  #partition(): void {
    const { agents, chance } = this.#cluster;
    const agent = chance.pick(agents);
    agent?.partition(chance.whole(1_000, 60_000));
    this.#say(`${agent?.nodeId ?? ""} loses its wire`);
  }

  #agentRestarts(): void {
    const { agents, chance } = this.#cluster;
    chance.pick(agents)?.restart(chance.whole(200, 8_000));
    this.#say("an agent restarts");
  }

  #gatewayRestarts(): void {
    const { gateways, chance } = this.#cluster;
    chance.pick(gateways)?.restart(chance.whole(200, 8_000));
    this.#say("a gateway restarts");
  }

  #takeOver(): void {
    if (!this.#cluster.chance.hits(0.3)) return;
    this.#cluster.takeOver();
    this.#say("another controller leads");
  }

  #fault(): void {
    const { store, chance } = this.#cluster;
    store.nextFault = chance.hits(0.5) ? "before" : "after";
    this.#say(`the next commit fails ${store.nextFault}`);
  }

  #schedule(): void {
    const { store, agents, chance, clock, leader } = this.#cluster;
    const nodeId = chance.pick(agents)?.nodeId ?? "";
    const scheduling = chance.pick(["open", "open", "cordoned", "draining"] as const) ?? "open";
    const wishes = { nodeId, projectId: "default", scheduling, labels: {}, removedAtMs: null };
    store.nodeIntents.set(nodeId, { ...wishes, updatedBy: "story", updatedAtMs: clock.now() });
    leader.core.noteAnyIntent().catch(() => this.#say("the word of it is lost"));
    this.#say(`${nodeId} is ${scheduling}`);
  }

  #remove(): void {
    const { chance, clock } = this.#cluster;
    if (!chance.hits(0.3)) return;
    this.#change(`app-${chance.pick(applicationNames) ?? "chat"}`, { deletingAtMs: clock.now() });
  }

  #change(
    ...[id, change, split]: [string, Parameters<typeof changeIntent>[2], Parameters<typeof changeIntent>[3]?]
  ): void {
    const { store } = this.#cluster;
    const part = store.applications.get(id);
    if (part === undefined || part.intent.application.deletingAtMs !== null) return;
    changeIntent(store, id, change, split);
    this.#tell(id, `${id} ${JSON.stringify(change)} ${split === undefined ? "" : JSON.stringify(split)}`);
  }

  #tell(id: string, what: string): void {
    this.#cluster.tell(id, this.#cluster.chance.hits(0.02));
    this.#say(what);
  }

  #say(what: string): void {
    this.log.push(`${new Date(this.#cluster.clock.now()).toISOString().slice(11, 23)} ${what}`);
  }
}

function cpus(num: number): Pick<DeploymentSpec, "ray_actor_options"> {
  return { ray_actor_options: { num_cpus: num } };
}

function workingRevisions({ intent }: ApplicationPart): number[] {
  return intent.revisions
    .filter(({ spec }) => spec.import_path?.startsWith("broken") !== true)
    .map(({ number }) => number);
}
