/** Speaks the agent's host protocol and nothing else: stages, probes, drain, windows. `args.mode` makes it misbehave. */
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";

const launch = JSON.parse(readFileSync(process.argv[2], "utf8"));
const mode = launch.args.mode ?? "";
const startTicks = Number(readStat().split(" ")[19] ?? 0);
const address = launch.rank > 0 ? null : { kind: "unix", path: `${launch.runDir}/${launch.replicaId}.sock` };
let stage = "starting";
let configVersion = null;
let ballast = [];

function readStat() {
  try {
    const text = readFileSync(`/proc/${process.pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

writeFileSync("environment.json", JSON.stringify(process.env));
if (mode === "throw") throw new TypeError("weights.json is missing");

function dial() {
  const socket = connect(`${launch.runDir}/agent.sock`);
  const send = (message) => socket.write(`${JSON.stringify(message)}\n`);
  socket.on("connect", () => {
    send({
      type: "hello",
      replicaId: launch.replicaId,
      rank: launch.rank,
      configVersion,
      pid: process.pid,
      startTicks,
      stage,
      address: stage === "ready" ? address : null,
    });
    if (stage === "ready") return;
    send({ type: "stage", stage: (stage = "loading"), message: "loading weights", address: null });
    if (mode === "fail") {
      send({ type: "failed", message: "Model has no input named x", stack: "Error: at load" });
      socket.end(() => process.exit(1));
      return;
    }
    if (mode === "slow") return;
    if (mode === "memory") ballast.push(Buffer.alloc(200 * 1024 * 1024, 1));
    configVersion = launch.configVersion;
    send({ type: "stage", stage: (stage = "ready"), message: "", address });
    if (mode === "windows") {
      const windows = [{ windowStartMs: 1_700_000_000_000, coveredMs: 10_000, closed: true, series: [] }];
      send({ type: "windows", incarnation: "i1", windows });
    }
  });
  let rest = "";
  let probes = 0;
  socket.setEncoding("utf8").on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const message = JSON.parse(line);
      if (message.type === "probe") {
        probes += 1;
        if (mode === "silent" && probes > 1) continue;
        const ok = mode !== "unhealthy" || probes === 1;
        send({
          type: "health",
          probeId: message.probeId,
          ok,
          message: ok ? "" : "the model answers nonsense",
          ongoing: 2,
        });
      }
      if (message.type === "reconfigure") {
        const ok = message.userConfig !== "refused";
        if (ok) configVersion = message.configVersion;
        if (message.userConfig !== "unanswered")
          send({ type: "reconfigured", configVersion: message.configVersion, ok, message: ok ? "" : "no such model" });
      }
      if (message.type === "drain" && mode !== "stubborn") {
        send({ type: "stage", stage: "draining", message: "", address: null });
        socket.end(() => process.exit(0));
      }
      console.log(JSON.stringify(message));
    }
  });
  socket.on("error", () => undefined);
  socket.on("close", () => setTimeout(dial, 50));
}
dial();
