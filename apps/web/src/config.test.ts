import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const env = {
  DATABASE_URL: "postgres://u@localhost/db",
  SLUICE_CLUSTER_SECRET_FILE: "/secret",
  NODE_ENV: "test" as const,
};

describe("readConfig", () => {
  it("binds loopback without a token unless told otherwise", () => {
    expect(readConfig(env)).toMatchObject({
      host: "127.0.0.1",
      port: 8265,
      adminToken: null,
      gatewayUrl: "http://localhost:8000",
    });
  });

  it.each(["0.0.0.0", "192.168.1.10", "::", "127.0.0.1.example"])(
    "refuses to bind %s without an admin token",
    (host) => {
      expect(() => readConfig({ ...env, SLUICE_WEB_HOST: host })).toThrow(/SLUICE_ADMIN_TOKEN/);
      expect(readConfig({ ...env, SLUICE_WEB_HOST: host, SLUICE_ADMIN_TOKEN: "0123456789abcdef" }).host).toBe(host);
    },
  );

  it("takes an empty variable as absent and names every wrong one", () => {
    expect(readConfig({ ...env, SLUICE_ADMIN_TOKEN: "" }).adminToken).toBe(null);
    const wrong = { ...env, SLUICE_WEB_PORT: "99999", SLUICE_ADMIN_TOKEN: "short" };
    expect(() => readConfig(wrong)).toThrow(/SLUICE_WEB_PORT.*SLUICE_ADMIN_TOKEN/);
  });
});
