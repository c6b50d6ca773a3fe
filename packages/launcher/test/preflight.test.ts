import { describe, expect, it } from "vitest";
import { explainFailedInstall, judgeInstallation } from "../bin/install.mjs";
import { judgeNodeVersion } from "../bin/node-version.mjs";
import { judgeDataDir, judgeDisk, judgePostgresDir } from "../bin/preflight.mjs";
import { localUrl, readSettings } from "../bin/settings.mjs";
import type { LaunchSettings } from "../bin/settings.mjs";
import { pickPostgresUser, parsePasswd } from "../src/postgres/postgres-user.ts";

describe("judgeNodeVersion", () => {
  it.each(["18.20.4", "20.18.3", "8.0.0"])("refuses %s with what to do", (version) => {
    expect(judgeNodeVersion(version)).toMatch(
      new RegExp(`^Node ${version} is too old: Sluice needs 20\\.19\\.0 .*nodejs\\.org`),
    );
  });
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("accepts %s", (version) => {
    expect(judgeNodeVersion(version)).toBeUndefined();
  });
});

describe("judgeInstallation", () => {
  const lock = {
    packages: {
      "": {},
      "packages/db": { version: "0.1.0" },
      "node_modules/pg": { version: "8.23.1" },
      "node_modules/fsevents": { version: "2.0.0", optional: true },
    },
  };
  it("wants an installation when there is none", () => {
    expect(judgeInstallation(lock, undefined)).toBe("node_modules is missing or incomplete");
  });
  it("is content without the packages of other platforms", () => {
    expect(judgeInstallation(lock, { packages: { "node_modules/pg": { version: "8.23.1" } } })).toBeUndefined();
  });
  it("notices a changed lock file", () => {
    expect(judgeInstallation(lock, { packages: { "node_modules/pg": { version: "8.0.0" } } })).toContain(
      "the lock file says 8.23.1",
    );
  });
});

describe("explainFailedInstall", () => {
  it.each([
    ["npm error code ENOSPC", /disk is full/],
    ["npm error code EACCES", /no permission/],
    ["npm error code ENOTFOUND registry", /registry cannot be reached/],
    ["npm error something else", /npm ci ended with code 1: npm error something else/],
  ])("turns %s into one line", (output, line) => {
    expect(explainFailedInstall(output, 1)).toMatch(line);
  });
});

describe("judgeDataDir", () => {
  it("takes an empty folder", () => {
    expect(judgeDataDir("/d", { entries: [], marker: undefined })).toEqual({ kind: "fresh" });
  });
  it("knows its own", () => {
    const verdict = judgeDataDir("/d", { entries: ["sluice.json"], marker: '{"format":1,"id":"a"}' });
    expect(verdict).toEqual({ kind: "ours", marker: { format: 1, id: "a" } });
  });
  it("refuses data of a newer Sluice", () => {
    expect(judgeDataDir("/d", { entries: ["sluice.json"], marker: '{"format":2,"id":"a"}' })).toMatchObject({
      kind: "refuse",
      message: expect.stringContaining("newer Sluice"),
    });
  });
});

it("judgePostgresDir refuses a half database", () => {
  expect(judgePostgresDir("/d", { entries: ["base"], version: "18\n" })).toContain("damaged");
  expect(judgePostgresDir("/d", { entries: ["base", "global", "PG_VERSION"], version: "18\n" })).toBeUndefined();
});

it("judgeDisk says how much is missing", () => {
  expect(judgeDisk("/d", 10 * 1024 ** 2, 300 * 1024 ** 2)).toBe(
    "the disk is full: 10 MiB free at /d, Sluice needs 300 MiB; free some space and run this again.",
  );
});

describe("readSettings", () => {
  it("has loopback and the known ports by default", () => {
    expect(readSettings([], {}, "/repo")).toEqual({
      dataDir: "/repo/.sluice",
      databaseUrl: undefined,
      adminToken: undefined,
      web: { host: "127.0.0.1", port: 8265 },
      gateway: { host: "127.0.0.1", port: 8000 },
      controller: { host: "127.0.0.1", port: 8266 },
    });
  });
  it("lets a flag win over the environment", () => {
    expect(readSettings(["--web-port", "1"], { SLUICE_WEB_PORT: "2" }, "/repo")).toMatchObject({ web: { port: 1 } });
  });
  it("opens other addresses with an admin token, the controller only when named", () => {
    expect(readSettings(["--host=0.0.0.0"], { SLUICE_ADMIN_TOKEN: "t" }, "/repo")).toMatchObject({
      web: { host: "0.0.0.0" },
      controller: { host: "127.0.0.1" },
    });
  });
  it("asks a gateway with a certificate over TLS", () => {
    const { gateway } = readSettings([], { SLUICE_GATEWAY_TLS_CERT_FILE: "cert.pem" }, "/repo") as LaunchSettings;
    expect(localUrl(gateway)).toBe("https://127.0.0.1:8000");
    expect(localUrl({ host: "::", port: 1 })).toBe("http://127.0.0.1:1");
  });

  it("refuses one port for two listeners, and a database address of another kind", () => {
    expect(() => readSettings([], { SLUICE_WEB_PORT: "8000" }, "/repo")).toThrow(/both want port 8000/);
    expect(() => readSettings([], { DATABASE_URL: "mysql://x" }, "/repo")).toThrow(/must begin with postgres/);
  });
});

describe("pickPostgresUser", () => {
  const users = parsePasswd(
    "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/h:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
  );
  it("becomes the owner of existing data", () => expect(pickPostgresUser(users, 1000).name).toBe("ana"));
  it("becomes nobody without a postgres user", () => expect(pickPostgresUser(users, undefined).name).toBe("nobody"));
  it("never becomes root", () => expect(pickPostgresUser(users, 0).name).toBe("nobody"));
});
