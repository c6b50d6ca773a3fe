/** Life and death of the program behind a `process` replica. */
import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildHost } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { familyOf, RunningPrograms } from "./running-program.ts";
import type { RunningHost } from "./running-host.ts";

let host: HostBuild;
const programs = new RunningPrograms();
const start = (given: Parameters<RunningPrograms["start"]>[1] = {}): Promise<RunningHost> =>
  programs.start(host, given);
const mode = (name: string) => ({ process: { env: { MODE: name } } });
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

beforeAll(async () => {
  host = await buildHost();
});
afterEach(() => programs.stopAll());
afterAll(() => host[Symbol.asyncDispose]());

describe("start", () => {
  it("a member of a higher rank needs no HTTP: it is ready when it runs, knows its rank, and fails when it ends", async () => {
    const script = "console.log(`rank ${process.env.RANK} at ${process.env.MASTER_PORT}`); setInterval(() => {}, 1000)";
    const one = await start({
      env: { RANK: "1", WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: "29500" },
      process: { command: [process.execPath, "-e", script] },
      launch: { rank: 1, worldSize: 2 },
    });
    await one.ready();
    await eventually("its first words", () => one.stdout.includes("rank 1 at 29500"));
    one.agent.send({ type: "probe", probeId: 1 });
    expect(await one.agent.waitFor("health", ({ probeId }) => probeId === 1)).toMatchObject({ ok: true });
    for (const pid of familyOf(one)) process.kill(pid, "SIGKILL");
    expect((await one.exited).code).toBe(1);
  });

  it("gives the program its port in the command and in its environment", async () => {
    const one = await start({
      process: {
        command: [process.execPath, "server.mjs", "--port", "{port}", "--url=http://h:{port}/"],
        env: { OTHER_PORT: "{port}" },
      },
    });
    await one.ready();
    const argv = JSON.parse((await one.request("GET", "/app/argv")).text) as string[];
    const env = JSON.parse((await one.request("GET", "/app/env")).text) as Record<string, string>;
    expect(argv).toEqual(["--port", env["PORT"], `--url=http://h:${env["PORT"]}/`]);
    expect(env["OTHER_PORT"]).toBe(env["PORT"]);
  });

  it("hands over the user's variables and what a program needs, and nothing else of the host's", async () => {
    const one = await start({
      env: {
        SLUICE_CLUSTER_SECRET_FILE: "/secret",
        DATABASE_URL: "postgres://x",
        LANG: "C",
        NODE_OPTIONS: "",
      },
      launch: { envVars: { MODEL: "a" } },
      process: { env: { SIZE: "3" } },
    });
    await one.ready();
    const env = JSON.parse((await one.request("GET", "/app/env")).text) as Record<string, string>;
    expect(Object.keys(env).sort()).toEqual(
      ["LANG", "MODEL", "PATH", "PORT", "PYTHONUNBUFFERED", "SIZE", "SLUICE_PROCESS_MARK"].sort(),
    );
  });

  it("tells at once, with the program's last words, that it crashed", async () => {
    const one = await start(mode("crash at start"));
    const { message } = await one.agent.waitFor("failed");
    expect(message).toMatch(/server\.mjs` exited with code 5 before it was ready\./);
    expect(message).toContain("FileNotFoundError: weights.bin");
    expect(await one.exited).toEqual({ code: 1, signal: null });
  });

  it("ends a program that is not up within its budget, and says what it waited for", async () => {
    const one = await start({ process: { env: { MODE: "never listens" }, startup_timeout_s: 0.5 } });
    const { message } = await one.agent.waitFor("failed");
    expect(message).toMatch(/was not ready within 0\.5 s: GET \/health failed: nothing listens on port \d+\./);
    await one.exited;
    expect(familyOf(one)).toEqual([]);
  });

  it("names the port that a program listens on instead of its own", async () => {
    const one = await start({ process: { env: { MODE: "wrong port" }, startup_timeout_s: 0.7 } });
    const { message } = await one.agent.waitFor("failed");
    expect(message).toMatch(/It listens on port \d+ instead of \d+: write \{port\} into/);
  });

  it("says what a health path without an answer of 200 to 399 answered", async () => {
    const one = await start({ process: { health_path: "/healthz", startup_timeout_s: 0.5 } });
    expect((await one.agent.waitFor("failed")).message).toContain("GET /healthz answered 404");
  });

  it.each([
    [["no-such-program"], /no-such-program was not found on node node-1 \(PATH is .*\)\. Install it there/],
    [["server.mjs"], /The bundle has a file of that name: write `\.\/server\.mjs`/],
    [["./server.mjs"], /may not be executed\. Set its x bit/],
    [["./absent.py"], /\.\/absent\.py was not found on node node-1/],
  ])("says what is wrong with the command %j", async (command, reason) => {
    const one = await start({ process: { command } });
    expect((await one.agent.waitFor("failed")).message).toMatch(reason);
  });

  it("refuses a working directory that the bundle lacks", async () => {
    const one = await start({ process: { working_dir: "absent" } });
    expect((await one.agent.waitFor("failed")).message).toMatch(/no folder for `process\.working_dir`/);
  });
});

describe("while it runs", () => {
  it("makes the program's output lines of the replica's log", async () => {
    const one = await (await start()).ready();
    await one.request("GET", "/app/log");
    await eventually("standard output", () => one.stdout.includes("a line on standard output\n"));
    await eventually("standard error", () => one.stderr.includes("a line on standard error\n"));
  });

  it("fails with the program, naming its exit and its last words; the request it had gets a 502", async () => {
    const one = await (await start()).ready();
    const answer = await one.request("GET", "/app/crash");
    expect(answer.status).toBe(502);
    const { message } = await one.agent.waitFor("failed");
    expect(message).toMatch(/exited with code 3\./);
    expect(message).toContain("RuntimeError: the model is broken");
    expect(await one.exited).toEqual({ code: 1, signal: null });
  });

  it("names the signal that ended the program", async () => {
    const one = await (await start()).ready();
    const [pid] = familyOf(one);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    expect((await one.agent.waitFor("failed")).message).toMatch(/was ended by SIGKILL \(the machine may have run out/);
  });

  it("finds a program that hangs by its health checks", async () => {
    const one = await (await start({ launch: { healthCheckTimeoutS: 2 } })).ready();
    await one.request("GET", "/app/stop");
    const stopped = await eventually("the program is stopped", () => {
      one.agent.send({ type: "probe", probeId: 7 });
      return one.agent.messages.find((message) => message.type === "health" && !message.ok);
    });
    expect(stopped).toMatchObject({ message: expect.stringMatching(/GET \/health was not answered within/) as string });
  });
});

describe("end", () => {
  it("lets the program end in order after the last request", async () => {
    const one = await (await start(mode("ends in order"))).ready();
    one.agent.send({ type: "drain", timeoutS: 5, waitLoopS: 1 });
    expect(await one.exited).toEqual({ code: 0, signal: null });
    expect(one.stdout).toContain("ended in order");
    expect(familyOf(one)).toEqual([]);
  });

  it("ends a program that ignores SIGTERM once its grace is over", async () => {
    const one = await (await start({ ...mode("ignores SIGTERM"), launch: { gracefulShutdownTimeoutS: 1 } })).ready();
    one.agent.send({ type: "drain", timeoutS: 1, waitLoopS: 1 });
    expect(await one.exited).toEqual({ code: 0, signal: null });
    expect(one.stdout).toContain("SIGTERM ignored");
    expect(familyOf(one)).toEqual([]);
  });

  it("ends what the program started, also in other sessions", async () => {
    const one = await (await start()).ready();
    const pids = JSON.parse((await one.request("GET", "/app/spawn")).text) as number[];
    expect(pids.every(isAlive)).toBe(true);
    one.agent.send({ type: "drain", timeoutS: 1, waitLoopS: 1 });
    await one.exited;
    await eventually("all are gone", () => !pids.some(isAlive));
  });

  it("ends the program with a host that is asked to go while it starts", async () => {
    const one = await start(mode("never listens"));
    const [pid] = await eventually("the program is started", () => {
      const family = familyOf(one);
      return family.length > 0 && family;
    });
    one.process.kill("SIGTERM");
    expect(await one.exited).toEqual({ code: 0, signal: null });
    await eventually("it is gone", () => pid !== undefined && !isAlive(pid));
  });

  it("leaves no program behind when the host is killed with SIGKILL", async () => {
    const one = await (await start(mode("ignores SIGTERM"))).ready();
    const [pid] = familyOf(one);
    one.process.kill("SIGKILL");
    await one.exited;
    await eventually("the program is gone", () => pid !== undefined && !isAlive(pid));
  });
});
