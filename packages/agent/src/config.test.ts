import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const secretFile = { SLUICE_CLUSTER_SECRET_FILE: "/run/secret" };

test("replicas inherit a few named variables and no credentials", () => {
  const env = {
    ...secretFile,
    PATH: "/bin",
    LC_ALL: "C",
    SLUICE_ORPHAN_TIMEOUT_S: "30",
    DATABASE_URL: "postgres://x",
    AWS_SECRET_ACCESS_KEY: "x",
    NODE_OPTIONS: "--inspect",
  };
  expect(readConfig(env, []).inheritedEnv).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    SLUICE_ORPHAN_TIMEOUT_S: "30",
  });
});

test("arguments win over variables", () => {
  const config = readConfig({ ...secretFile, SLUICE_NUM_GPUS: "1" }, ["--num-gpus", "4", "--node-name=left"]);
  expect(config.declared).toMatchObject({ numGpus: 4, name: "left", numCpus: null });
});

test("paths are absolute and the controller's address has no slash at its end", () => {
  const config = readConfig(
    { ...secretFile, SLUICE_AGENT_DIR: "data/agent", SLUICE_CONTROLLER_URL: "http://c:8266/" },
    [],
  );
  expect(config).toMatchObject({ agentDir: resolve("data/agent"), controllerUrls: ["http://c:8266"] });
});

test("an address that is none is refused by name", () => {
  expect(() => readConfig({ ...secretFile, SLUICE_CONTROLLER_URL: "c:8266" }, [])).toThrow(
    "SLUICE_CONTROLLER_URL: An http:// or https:// address.",
  );
});
