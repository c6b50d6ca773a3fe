/** What becomes of unsafe requests when their replica is killed: what it had begun is lost, what it had not is not. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";

async function startReplica(path: string, name: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "replica-process-fixture.ts"), [path, name], {
    execArgv: ["--import", "tsx"],
  });
  await once(child, "message");
  return child;
}

/** Requests that the gateway has sent and that are not answered, as it last told its controller. */
function sentOf({ controller }: GatewayFixture): number {
  const last = controller.received.findLast((message) => message.type === "load");
  return last?.pools.reduce((sum, { sent }) => sum + sent, 0) ?? 0;
}

it("a killed replica costs the one request that it had begun; those that lay unread are answered by another one", async () => {
  await using fixture = await GatewayFixture.start();
  const paths = { one: join(fixture.dir, "one.sock"), two: join(fixture.dir, "two.sock") };
  const one = await startReplica(paths.one, "one");
  const two = await startReplica(paths.two, "two");
  try {
    const [first, second] = [
      { replicaId: "one", path: paths.one },
      { replicaId: "two", path: paths.two },
    ];
    await fixture.route(fixture.slice([first], { maxOngoingRequests: 100 }));
    const post = async (verb: string, body: string | Buffer): Promise<Response> =>
      fetch(`${fixture.url}/app/${verb}`, { method: "POST", body });
    const begun = post("hold", "x");
    await eventually(() => existsSync(`${paths.one}.held`));
    const unread = Array.from({ length: 20 }, async () => post("name", "y"));
    // Longer than the gateway reads before it sends: these stream, and what has left of them is kept for another try.
    const long = [300_000, 600_000, 3_000_000].map((bytes) => post("sink", Buffer.alloc(bytes, "z")));
    await eventually(() => sentOf(fixture) === 24);
    await fixture.route(fixture.slice([first, second], { maxOngoingRequests: 100 }));
    one.kill("SIGKILL");

    const lost = await begun;
    expect(lost.status).toBe(502);
    expect(await lost.json()).toMatchObject({
      code: "replica/lost",
      detail: expect.stringMatching(/may have begun to work on it, and POST may not be repeated/) as string,
    });
    for (const answer of await Promise.all(unread)) {
      expect([answer.status, await answer.text()]).toEqual([200, "two"]);
      expect(answer.headers.get("server-timing")).toContain('retry;desc="1, never_begun"');
    }
    const counted = await Promise.all(long.map(async (answer) => (await answer).text()));
    expect(counted).toEqual(["300000", "600000", "3000000"]);
  } finally {
    one.kill("SIGKILL");
    two.kill("SIGKILL");
  }
});
