import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { isRunning, readStartTime } from "../bin/process-identity.mjs";

it("a launcher that was overtaken while it built is refused, and does not stop the other's processes", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "sluice-second-"));
  const dataDir = path.join(root, ".sluice");
  mkdirSync(dataDir);
  const [other, child] = [1, 2].map(() => spawn("sleep", ["60"], { stdio: "ignore" }));
  const identify = (name: string, pid = 0) => ({ name, pid, startTime: readStartTime(pid) ?? "" });
  const launcher = identify("launcher", other?.pid);
  const controller = identify("controller", child?.pid);
  writeFileSync(path.join(dataDir, "launcher.json"), JSON.stringify({ launcher, children: [controller] }));
  writeFileSync(path.join(dataDir, "sluice.json"), JSON.stringify({ format: 1, id: "0011223344556677" }));

  const script = path.join(import.meta.dirname, "fixture-launch.ts");
  const flags = ["--web-port=0", "--gateway-port=0", "--controller-port=0"];
  const late = spawn(process.execPath, ["--import", "tsx", script, root, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] },
  });
  let output = "";
  for (const stream of [late.stdout, late.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(late, "close");
  try {
    expect(output).toMatch(/already runs/);
    expect(isRunning(controller)).toBe(true);
  } finally {
    other?.kill();
    child?.kill();
    rmSync(root, { recursive: true, force: true });
  }
});
