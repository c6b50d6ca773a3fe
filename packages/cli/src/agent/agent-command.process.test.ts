import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { planAgent } from "./agent-command.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

it("joins with the token that it was given, and ends with the controller's words when that is refused", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
    const detail = "This join token was used already.";
    const problem = { type: "x", title: "x", status: 403, detail, code: "join/used_token" };
    request.resume().on("end", () => response.writeHead(403).end(JSON.stringify(problem)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const dir = await mkdtemp(path.join(tmpdir(), "sluice-cli-agent-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  // From sources: a build that lies about may be an older one.
  const { args, env } = planAgent(root, { join: url, token: "slj_x" }, ["--num-cpus", "1", "--dir", dir], false);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: dir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  expect((await output).join("")).toContain("refuses this node: This join token was used already.");
  expect([code === 0, asked]).toEqual([false, ["POST /internal/join Bearer slj_x"]]);
}, 60_000);
