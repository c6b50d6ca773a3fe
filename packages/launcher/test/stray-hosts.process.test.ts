import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { readStartTime } from "../bin/process-identity.mjs";
import { killStrayHosts } from "../src/stray-hosts.ts";

it("ends the replicas an agent left behind, and nobody who merely has the same process id", async () => {
  const agentDir = mkdtempSync(path.join(tmpdir(), "sluice-hosts-"));
  const start = () =>
    spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  const [stray, other] = [start(), start()];
  const save = (replicaId: string, pid: number | undefined, startTicks: number): void => {
    mkdirSync(path.join(agentDir, "replicas", replicaId), { recursive: true });
    writeFileSync(path.join(agentDir, "replicas", replicaId, "host.json"), JSON.stringify({ pid, startTicks }));
  };
  save("rep_stray", stray.pid, Number(readStartTime(stray.pid ?? 0)));
  save("rep_reused", other.pid, 1);
  const ended = once(stray, "exit");

  expect(killStrayHosts(agentDir)).toEqual(["rep_stray"]);

  await ended;
  expect(readStartTime(other.pid ?? 0)).toBeDefined();
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(killStrayHosts(agentDir)).toEqual([]);
  rmSync(agentDir, { recursive: true, force: true });
});
