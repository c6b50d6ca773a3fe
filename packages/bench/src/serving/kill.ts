import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMixedLoad, type MixedRequest } from "../load/mixed-load.ts";
import { deployWithCli } from "../product/deploy.ts";
import { checkoutRoot, startProduct, type RunningProduct } from "../product/start-product.ts";
import type { Figure, Proof } from "../proof.ts";
import { beganTwice, parseJournal, wasBegun, wasEnded, type Journal } from "./journal.ts";

const durationMs = 60_000;
const killEveryMs = 5_000;
const safePerSecond = 150;
const unsafePerSecond = 100;

/**
 * Safe requests (GET) may be sent again, so none may fail. Unsafe ones (POST) may fail only if a replica had begun them when it was
 * killed: its own journal, a synchronous write to a file before any work, says so. Nothing unsafe may begin twice.
 */
export const killProof: Proof = {
  id: "serving.kill",
  title: "Two replicas under load, one killed with -9 every 5 s for a minute",
  method: `open loop, Poisson, ${String(safePerSecond)} GET/s and ${String(unsafePerSecond)} POST/s of 10-30 ms each; every ${String(killEveryMs / 1000)} s the replica that has served longest is killed`,
  run: async (log) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-journal-"));
    try {
      await using product = await startProduct();
      await deployWithCli(product, join(checkoutRoot, "packages/bench/apps/journal"));
      const root = `${product.gateway}/journal?folder=${encodeURIComponent(folder)}`;
      const load = runMixedLoad({
        urlOf: (id) => `${root}&id=${id}`,
        safePerSecond,
        unsafePerSecond,
        durationMs,
        random: Math.random,
      });
      const killed = await killReplicas(product, log);
      const requests = await load;
      return figuresOf(requests, await loadJournals(folder), killed, log);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Kills one of the replicas in turn; answers the pids. */
async function killReplicas(product: RunningProduct, log: (line: string) => void): Promise<ReadonlySet<number>> {
  const killed = new Set<number>();
  const start = performance.now();
  for (let turn = 1; turn * killEveryMs < durationMs; turn += 1) {
    const waitMs = turn * killEveryMs - (performance.now() - start);
    await new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    const { items } = await product.client.replicas.list({ application: "journal" });
    const ready = items
      .filter(({ stage, pid }) => stage === "ready" && pid !== null && !killed.has(pid))
      .sort((a, b) => a.created_at.localeCompare(b.created_at));
    const victim = ready[0]?.pid;
    if (victim === undefined || victim === null) throw new Error("no ready replica to kill");
    process.kill(victim, "SIGKILL");
    killed.add(victim);
    log(`killed ${String(victim)}, ${String(ready.length - 1)} other replica ready`);
  }
  return killed;
}

async function loadJournals(folder: string): Promise<readonly Journal[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => parseJournal(Number.parseInt(name, 10), await readFile(join(folder, name), "utf8"))),
  );
}

function figuresOf(
  requests: readonly MixedRequest[],
  journals: readonly Journal[],
  killed: ReadonlySet<number>,
  log: (line: string) => void,
): readonly Figure[] {
  const failed = requests.filter(({ status }) => status !== 200);
  const safe = failed.filter(({ isSafe }) => isSafe);
  const unsafe = failed.filter(({ isSafe }) => !isSafe);
  const neverBegun = unsafe.filter(({ id }) => !wasBegun(id, journals, killed));
  const ended = unsafe.filter(({ id }) => wasEnded(id, journals, killed));
  const unclear = unsafe.filter((request) => !isClear502(request));
  const twice = beganTwice(journals).filter((id) => id.startsWith("unsafe-"));
  for (const { id, status, reason } of [...safe, ...neverBegun, ...unclear].slice(0, 10)) {
    log(`${id}: ${String(status ?? "no answer")} ${reason}`);
  }
  const example = unsafe.find(isClear502);
  if (example !== undefined) log(`an unsafe request that failed reads: ${example.reason}`);
  const count = (isSafe: boolean) => requests.filter((request) => request.isSafe === isSafe).length;
  const none = (name: string, unit: string, found: number): Figure => ({
    name,
    unit,
    samples: [found],
    target: "0",
    holds: found === 0,
  });
  return [
    { name: "replicas killed", unit: "", samples: [killed.size] },
    none("failed safe requests", `of ${String(count(true))}`, safe.length),
    { name: "failed unsafe requests", unit: `of ${String(count(false))}`, samples: [unsafe.length] },
    none("  of them never begun by a killed replica", "", neverBegun.length),
    { name: "  of them done, their answer died with the replica", unit: "", samples: [ended.length] },
    none("  of them without a clear 502", "", unclear.length),
    none("unsafe requests begun twice", "", twice.length),
    { name: "unsafe requests lost per kill", unit: "", samples: [unsafe.length / killed.size] },
  ];
}

/** A JSON reason that a person can read, with its code. */
function isClear502({ status, reason, contentType }: MixedRequest): boolean {
  return status === 502 && contentType.includes("json") && /"code":"[^"]+"/.test(reason);
}
