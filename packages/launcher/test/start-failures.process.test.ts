import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const START = path.resolve(import.meta.dirname, "../bin/start.mjs");

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "sluice-start-"));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the real command; every case here fails before anything is installed, built or started. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): { status: number | null; lines: string[] } {
  const { status, stderr, stdout } = spawnSync(process.execPath, [START, ...args], {
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env["PATH"], SLUICE_DATA_DIR: path.join(dir, "data"), ...env },
  });
  return { status, lines: `${stdout}${stderr}`.trim().split("\n") };
}

function expectOneLine(result: { status: number | null; lines: string[] }, text: RegExp): void {
  expect(result.lines).toEqual([expect.stringMatching(text)]);
  expect(result.status).toBe(1);
}

describe("npm start says in one line what to do", () => {
  it("when a port is busy", async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expectOneLine(
        start([`--gateway-port=${port}`, "--web-port=0", "--controller-port=0"]),
        new RegExp(`port ${port} \\(gateway\\) is busy: .*SLUICE_GATEWAY_PORT`),
      );
    } finally {
      server.close();
    }
  });

  it("when the data directory is somebody else's", () => {
    mkdirSync(path.join(dir, "data"));
    writeFileSync(path.join(dir, "data/letters.txt"), "");
    expectOneLine(start([]), /not a data directory of Sluice: choose another/);
  });

  it("when the data directory is a file", () => {
    writeFileSync(path.join(dir, "data"), "");
    expectOneLine(start([]), /is a file, not a folder/);
  });

  it("when the data directory is damaged", () => {
    mkdirSync(path.join(dir, "data"));
    writeFileSync(path.join(dir, "data/sluice.json"), "{");
    expectOneLine(start([]), /damaged: restore it from a backup/);
  });

  it("when the database was written by another Postgres", () => {
    for (const folder of ["base", "global"]) mkdirSync(path.join(dir, "data/postgres", folder), { recursive: true });
    writeFileSync(path.join(dir, "data/sluice.json"), JSON.stringify({ format: 1, id: "x" }));
    writeFileSync(path.join(dir, "data/postgres/PG_VERSION"), "17\n");
    expectOneLine(start([]), /holds data of Postgres 17, this Sluice brings 18/);
  });

  it("when it would listen beyond loopback without an admin token", () => {
    expectOneLine(start(["--host", "0.0.0.0"]), /web would listen on 0\.0\.0\.0.*SLUICE_ADMIN_TOKEN/);
  });

  it("when an option is unknown", () => {
    expectOneLine(start(["--prot", "80"]), /unknown option --prot/);
  });

  it("when a port is no port", () => {
    expectOneLine(start([], { SLUICE_WEB_PORT: "http" }), /SLUICE_WEB_PORT is http/);
  });
});
