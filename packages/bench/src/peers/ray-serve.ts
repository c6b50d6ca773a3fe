/** Ray Serve as it comes, and as fast as it can be made; both through `peers/ray/serve_peer.py`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { startProcess, type PeerProcess } from "./child-process.ts";
import { findFreePort } from "./free-port.ts";
import { loadMlp } from "../model/mlp-model.ts";
import type { Endpoints, Peer, RunningPeer } from "./peer.ts";

const folder = join(import.meta.dirname, "../../peers/ray");
const applications = ["noop", "bodies", "stream", "pipeline", "mlp"] as const;

interface RayKind {
  readonly name: string;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export const rayDefault = rayPeer({ name: "Ray Serve, default", flags: [], environment: {} });

/**
 * Its throughput mode: user code, router and server share one event loop, gRPC between replicas, no garbage collection of what
 * was there at start, buffered logs. Clients go straight to the replica's own port, past Ray's proxy; no access log.
 */
export const rayFastest = rayPeer({
  name: "Ray Serve, fastest",
  flags: ["--direct", "--quiet"],
  environment: { RAY_SERVE_THROUGHPUT_OPTIMIZED: "1", RAY_worker_niceness: "0" },
});

function rayPeer(kind: RayKind): Peer {
  return {
    name: kind.name,
    runsAlone: true,
    missing: async () => {
      const { rayPython } = readConfig();
      if (rayPython === undefined) return "SLUICE_BENCH_RAY_PYTHON names no Python with Ray Serve";
      return existsSync(rayPython) ? undefined : `SLUICE_BENCH_RAY_PYTHON: there is no ${rayPython}`;
    },
    start: async () => startRay(kind),
  };
}

const Answer = z.union([
  z.object({ error: z.string() }),
  z.object({ ready: z.literal(true) }),
  z.object({ urls: z.record(z.string(), z.string()) }),
  z.object({ ms: z.number(), bytes: z.number() }),
  z.object({ bytes: z.number() }),
]);
type Answer = Exclude<z.infer<typeof Answer>, { error: string }>;

async function startRay(kind: RayKind): Promise<RunningPeer> {
  const { rayPython = "", environment } = readConfig();
  const port = await findFreePort();
  const mlp = await loadMlp();
  const script = join(folder, "serve_peer.py");
  const ray = startProcess(rayPython, [script, "--port", String(port), "--mlp", mlp.path, ...kind.flags], {
    env: {
      ...environment,
      PYTHONDONTWRITEBYTECODE: "1",
      RAY_USAGE_STATS_ENABLED: "0",
      ...kind.environment,
    },
  });
  const ask = async (command: string, argument: unknown): Promise<Answer> => {
    ray.child.stdin?.write(`${JSON.stringify({ [command]: argument })}\n`);
    return readAnswer(ray);
  };
  const stop = async (): Promise<void> => {
    // The end of stdin is the polite way; only then does Ray stop what it started.
    ray.child.stdin?.end();
    await waitForExit(ray, 60_000);
    await ray[Symbol.asyncDispose]();
  };
  try {
    await readAnswer(ray);
    const deployed = await ask("deploy", applications);
    if (!("urls" in deployed)) throw new Error("Ray did not say where its applications are");
    return {
      name: kind.name,
      endpoints: endpointsOf(deployed.urls, mlp.sampleInput),
      rootPids: [ray.pid],
      coldRuntimes: ["node"],
      growByOne: async () => {
        const answer = await ask("grow", "noop");
        if (!("ms" in answer)) throw new Error("Ray did not say how long its replica took");
        return { readyMs: answer.ms, residentBytes: answer.bytes };
      },
      replicaBytes: async () => {
        const answer = await ask("memory", "noop");
        return "bytes" in answer ? answer.bytes : Number.NaN;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The next line that is an answer: Ray's own log lines go to stdout, too. */
async function readAnswer(ray: PeerProcess): Promise<Answer> {
  for (;;) {
    const line = await ray.nextLine();
    if (!line.startsWith("{")) continue;
    const answer = Answer.parse(JSON.parse(line));
    if ("error" in answer) throw new Error(`Ray: ${answer.error}`);
    return answer;
  }
}

async function waitForExit(ray: PeerProcess, timeoutMs: number): Promise<void> {
  if (ray.child.exitCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    ray.child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function endpointsOf(urls: Readonly<Record<string, string>>, row: Float32Array): Endpoints {
  const at = (name: (typeof applications)[number]): string => {
    const url = urls[name];
    if (url === undefined) throw new Error(`Ray does not serve ${name}`);
    return url;
  };
  return {
    noop: at("noop"),
    upload: at("bodies"),
    download: at("bodies"),
    stream: at("stream"),
    pipeline: at("pipeline"),
    mlp: {
      url: at("mlp"),
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(row.buffer, row.byteOffset, row.byteLength),
    },
  };
}
