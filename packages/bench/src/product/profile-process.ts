/** Where a running Node process spends its time: its sampling profiler, through its inspector on loopback. */
import { once } from "node:events";
import { WebSocket } from "undici";
import { z } from "zod";

export interface ProfileLine {
  /** Function and where it is. */
  readonly name: string;
  /** Of the time that the process was busy, 0 to 1. */
  readonly share: number;
}

export interface Profile {
  /** Of the time watched, 0 to 1. */
  readonly busy: number;
  readonly lines: readonly ProfileLine[];
}

const Targets = z.array(z.object({ webSocketDebuggerUrl: z.string() }));
const Answer = z.object({ id: z.number(), result: z.unknown() });
const CpuProfile = z.object({
  profile: z.object({
    nodes: z.array(
      z.object({
        id: z.number(),
        callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      }),
    ),
    samples: z.array(z.number()),
    timeDeltas: z.array(z.number()),
  }),
});

/** The port at which Node opens its inspector on SIGUSR1. */
const inspectorPort = 9229;

/** Opens the inspector, samples for a while, and closes it again, so that the next process can have the port. */
export async function profileProcess(pid: number, durationMs: number): Promise<Profile> {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await findInspector());
  await once(socket as unknown as EventTarget, "open");
  let lastId = 0;
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const parsed = Answer.safeParse(JSON.parse(String(data)));
    if (!parsed.success) return;
    waiting.get(parsed.data.id)?.(parsed.data.result);
    waiting.delete(parsed.data.id);
  });
  const call = async (method: string, params: object = {}): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  await call("Profiler.enable");
  await call("Profiler.start");
  await new Promise<void>((resolve) => setTimeout(resolve, durationMs));
  const { profile } = CpuProfile.parse(await call("Profiler.stop"));
  await call("Profiler.disable");
  const expression = "setTimeout(() => process.getBuiltinModule('node:inspector').close(), 50)";
  await call("Runtime.evaluate", { expression });
  socket.close();
  await once(AbortSignal.timeout(300), "abort");
  return summarize(profile);
}

async function findInspector(): Promise<string> {
  const deadlineMs = performance.now() + 5000;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${String(inspectorPort)}/json/list`);
      const [target] = Targets.parse(await response.json());
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    }
    await once(AbortSignal.timeout(50), "abort");
  }
}

/** Self time by function, most first. */
function summarize(profile: z.infer<typeof CpuProfile>["profile"]): Profile {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const micros = new Map<string, number>();
  let total = 0;
  for (const [index, node] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    const name = names.get(node) ?? "unknown";
    total += delta;
    micros.set(name, (micros.get(name) ?? 0) + delta);
  }
  const busy = total - (micros.get("(idle)") ?? 0);
  micros.delete("(idle)");
  const lines = [...micros].map(([name, own]) => ({ name, share: own / busy })).sort((a, b) => b.share - a.share);
  return { busy: busy / total, lines };
}

function nameOf({ functionName, url, lineNumber }: { functionName: string; url: string; lineNumber: number }): string {
  const file = url.split("/").at(-1) ?? "";
  const name = functionName === "" ? "(anonymous)" : functionName;
  return file === "" ? name : `${name} ${file}:${String(lineNumber + 1)}`;
}
