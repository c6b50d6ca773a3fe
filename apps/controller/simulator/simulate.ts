/** One seed from its first deployment to rest: acts, checks, comes to rest, rolls back, comes to rest. */
import { checkCapacity, checkPools, checkServing } from "./invariants.ts";
import { checkRest } from "./rest.ts";
import { SimulatedCluster } from "./simulated-cluster.ts";
import { simulatedNodes, Story } from "./story.ts";

export interface SimulateOptions {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly nodes: number;
  readonly isCalm: boolean;
  /** How long it may take to come to rest. */
  readonly restMs?: number;
}

export interface SimulationResult {
  readonly seed: number;
  readonly problems: readonly string[];
  /** The last deeds before the first problem, or all. */
  readonly deeds: readonly string[];
  readonly commits: number;
  readonly ticks: number;
  readonly found: number;
}

const tickMs = 1_000;
/** Longer than the longest backoff, and than replicas are kept warm. */
const defaultRestMs = 10 * 60_000;

export async function simulate(options: SimulateOptions): Promise<SimulationResult> {
  const { seed, simulatedMs, nodes, isCalm, restMs = defaultRestMs } = options;
  const cluster = new SimulatedCluster(seed, { nodes: simulatedNodes(nodes), gateways: 2 });
  const story = new Story(cluster, { isCalm });
  const problems = cluster.failures;
  const note = (sentences: readonly string[]): void => {
    const at = new Date(cluster.clock.now()).toISOString().slice(11, 23);
    for (const sentence of sentences) if (problems.length < 20) problems.push(`${at} ${sentence}`);
  };
  cluster.store.onCommitted = (batch) => {
    // Right after a plan: a report or a wish alone may change what is there, or wanted, and the plan follows.
    const planned = batch.atGenerations.map(({ applicationId }) => applicationId);
    note([
      ...checkCapacity(cluster.store),
      ...planned.flatMap((id) => checkPools(cluster.store, id)),
      ...checkServing(cluster.store, batch),
    ]);
  };
  let ticks = 0;
  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0 && problems.length === 0; left -= tickMs) {
      await cluster.clock.advance(Math.min(tickMs, left));
      ticks += 1;
    }
  };
  await cluster.start();
  story.begin();
  await advance(30_000);
  for (const untilMs = cluster.clock.now() + simulatedMs; cluster.clock.now() < untilMs && problems.length === 0;) {
    story.act();
    await advance(cluster.chance.whole(0, 20) * tickMs);
  }
  if (problems.length === 0) {
    story.calmDown();
    await advance(restMs);
    if (problems.length === 0) note(checkRest(cluster));
  }
  if (problems.length === 0) {
    const goal = story.rollBackOne();
    await advance(restMs);
    if (problems.length === 0) note(checkRest(cluster));
    const traffic = goal === null ? null : cluster.store.applications.get(goal.id)?.traffic;
    if (goal !== null && traffic?.variants.find(({ weight }) => weight > 0)?.revision !== goal.revision) {
      note([`the rollback of ${goal.id} to revision ${String(goal.revision)} did not restore it`]);
    }
  }
  return { seed, problems, deeds: story.log, commits: cluster.store.commits, ticks, found: cluster.found };
}
