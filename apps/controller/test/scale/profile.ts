/** Where this process spends its time during a piece of work: V8's sampling profiler. */
import { Session, type Profiler } from "node:inspector";

export interface ProfileLine {
  readonly name: string;
  /** Own time of the function, of the time that was not idle: 0 to 1. */
  readonly share: number;
}

export async function profile(work: () => Promise<void>): Promise<ProfileLine[]> {
  const session = new Session();
  session.connect();
  const call = (method: string): Promise<object | undefined> =>
    new Promise((resolve, reject) => {
      session.post(method, (error, result) => (error === null ? resolve(result) : reject(error)));
    });
  await call("Profiler.enable");
  await call("Profiler.start");
  await work();
  const result = (await call("Profiler.stop")) as Profiler.StopReturnType;
  session.disconnect();
  return summarize(result.profile);
}

function summarize({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileLine[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const micros = new Map<string, number>();
  samples.forEach((node, index) => {
    const name = names.get(node) ?? "unknown";
    micros.set(name, (micros.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  });
  micros.delete("(idle)");
  const busy = [...micros.values()].reduce((sum, own) => sum + own, 0);
  return [...micros].map(([name, own]) => ({ name, share: own / busy })).sort((a, b) => b.share - a.share);
}

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode["callFrame"]): string {
  const file = url.split("/").at(-1) ?? "";
  const name = functionName === "" ? "(anonymous)" : functionName;
  return file === "" ? name : `${name} ${file}:${String(lineNumber + 1)}`;
}
