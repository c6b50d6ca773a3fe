/** Two machines, played by two loopback addresses: real agents, hosts and gateway over TLS with the cluster's certificates. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { defaultProjectId, listNodes, writeBundle } from "@sluice/db";
import { findFreePort } from "@sluice/testkit";
import { connect } from "node:tls";
import { expect, it, onTestFinished, vi } from "vitest";
import { ControllerFixture, secret } from "./controller-fixture.ts";
import { putApplication } from "./intent.ts";
import { letIn } from "./node-wishes.ts";
import { startProduct, type ProductProcess } from "./product-process.ts";
import { zipOf } from "./zip-of.ts";

const certificateLifetimeMs = 6_000;
const source = `
import { deployment } from "@sluice/sdk";
class Back { where(text) { return text + " by " + process.pid; } }
class Front {
  constructor(back) { this.back = back; }
  async fetch() { return Response.json({ front: process.pid, answer: await this.back.where("done") }); }
}
export const app = deployment(Front, { name: "Front" }).bind(deployment(Back, { name: "Back" }).bind());`;
const tlsFile = (name: string): string => path.join(import.meta.dirname, "tls", name);
const entry = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/replica/src/${name}`, import.meta.url));
const within = { timeout: 60_000, interval: 200 };

it(
  "two machines serve a pipeline, through renewed certificates and the death of an agent, and refuse strangers",
  { timeout: 180_000 },
  async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "slm-"));
    onTestFinished(async () => {
      endHosts(dir);
      await rm(dir, { recursive: true, force: true });
    });
    await using fixture = await ControllerFixture.open();
    const nodeDoor = {
      host: "127.0.0.1",
      port: 0,
      certFile: tlsFile("cert.pem"),
      keyFile: tlsFile("key.pem"),
      url: null,
    };
    const { port, nodePort } = await fixture.leader({ nodeDoor, certificateLifetimeMs });
    await writeFile(path.join(dir, "secret"), secret, { mode: 0o600 });
    const startAgent = async (name: string, address: string): Promise<ProductProcess> => {
      await letIn(fixture.db, `slj_${name}`);
      // Others know an address by which they come to another one that it listens on, as behind a translation of addresses.
      const listen = "0.0.0.0";
      const flags = {
        "--data-listen-address": listen,
        "--token": `slj_${name}`,
        "--data-address": address,
        "--node-name": name,
        "--num-cpus": "1",
      };
      const where = { "--join": `https://127.0.0.1:${String(nodePort)}`, "--dir": path.join(dir, name) };
      return startProduct("packages/agent/src/main.ts", Object.entries({ ...where, ...flags }).flat(), {
        HOME: dir,
        NODE_EXTRA_CA_CERTS: tlsFile("cert.pem"),
        SLUICE_HOST_ENTRY: entry("main.ts"),
        SLUICE_DESCRIBE_ENTRY: entry("describe/main.ts"),
        SLUICE_WARM_HOSTS: "0",
      });
    };
    await using one = await startAgent("one", "127.0.0.2");
    await using two = await startAgent("two", "127.0.0.3");
    const gatewayPort = await findFreePort();
    await using gateway = startProduct("apps/gateway/src/main.ts", [], {
      SLUICE_CONTROLLER_URL: `http://127.0.0.1:${String(port)}`,
      SLUICE_CLUSTER_SECRET_FILE: path.join(dir, "secret"),
      SLUICE_GATEWAY_STATE_DIR: path.join(dir, "gateway"),
      SLUICE_GATEWAY_PORT: String(gatewayPort),
      SLUICE_GATEWAY_WORKERS: "1",
    });
    const outputs = (): string => [one, two, gateway].map((each) => each.output()).join("\n---\n");

    const input = { projectId: defaultProjectId, name: "app.zip", kind: "zip", createdBy: "test", files: [] } as const;
    const { bundle } = await writeBundle(fixture.db, input, Readable.from([await zipOf("app.ts", source)]));
    const deployments = ["Front", "Back"].map((name) => ({ name, ray_actor_options: { num_cpus: 1 } }));
    await putApplication(fixture.db, { name: "pair", bundle: bundle.sha256, deployments });

    const call = async (): Promise<{ front: number; answer: string }> => {
      const response = await fetch(`http://127.0.0.1:${String(gatewayPort)}/pair`);
      if (response.status !== 200) throw new Error(`${String(response.status)} ${await response.text()}\n${outputs()}`);
      return (await response.json()) as { front: number; answer: string };
    };
    await vi.waitFor(call, within);
    const replicas = await fixture.replicas(true);
    const addresses = replicas.map(({ address }) => address);
    expect(addresses.map((address) => (address?.kind === "tls" ? address.host : address?.kind)).sort()).toEqual([
      "127.0.0.2",
      "127.0.0.3",
    ]);
    expect((await listNodes(fixture.db, {})).map(({ message }) => message)).toEqual(["", ""]);

    // A connection that stays sees the certificate it began with; the next one another, long after the first has run out.
    const [listener] = addresses;
    if (listener?.kind !== "tls") throw new Error("no replica listens with TLS");
    const first = await shownCertificate(listener);
    await vi.waitFor(async () => {
      if (Date.now() < first.validTo) throw new Error("the first certificate still holds");
      expect((await shownCertificate(listener)).fingerprint).not.toBe(first.fingerprint);
    }, within);
    await one.end("SIGKILL");
    const [again] = await Promise.all([call(), call(), call()]);
    expect(again.answer).toBe(`done by ${/\d+$/.exec(again.answer)?.[0] ?? ""}`);

    // Nobody is let in without a certificate of this cluster, and the replica says so.
    expect(await knock(listener)).toBe("closed");
    await vi.waitFor(() => expect(hostOutputs(dir)).toContain("a connection was refused"), within);
  },
);

interface Shown {
  readonly fingerprint: string;
  readonly validTo: number;
}

/** What a listener shows to anybody, before it asks who that is. */
function shownCertificate({ host, port }: { readonly host: string; readonly port: number }): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ["sluice-wire"] }, () => {
      const { fingerprint256, valid_to } = socket.getPeerCertificate();
      socket.destroy();
      resolve({ fingerprint: fingerprint256, validTo: Date.parse(valid_to) });
    });
    socket.once("error", reject);
  });
}

/** Somebody with a certificate of another authority. */
function knock({ host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  const [cert, key] = [readFileSync(tlsFile("cert.pem")), readFileSync(tlsFile("key.pem"))];
  return new Promise((resolve) => {
    const socket = connect({ host, port, cert, key, rejectUnauthorized: false, ALPNProtocols: ["sluice-wire"] });
    socket.on("data", () => undefined);
    socket.on("error", () => undefined);
    socket.once("close", () => resolve("closed"));
  });
}

function replicaDirs(dir: string): string[] {
  return ["one", "two"].flatMap((name) => {
    const replicas = path.join(dir, name, "replicas");
    return existsSync(replicas) ? readdirSync(replicas).map((member) => path.join(replicas, member)) : [];
  });
}

function hostOutputs(dir: string): string {
  return replicaDirs(dir)
    .map((replica) => readFileSync(path.join(replica, "logs", "stderr.log"), "utf8"))
    .join("");
}

/** Hosts outlive their agents, as they should. */
function endHosts(dir: string): void {
  for (const replica of replicaDirs(dir)) {
    const file = path.join(replica, "host.json");
    if (!existsSync(file)) continue;
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid: number };
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
