import { readFileSync } from "node:fs";
import path from "node:path";
import { buildHost, prepareApp } from "../test/build.ts";
import { RunningHost, sliceOf } from "../test/running-host.ts";
await using build = await buildHost();
const bundleDir = await prepareApp("handles");
const hostFile = path.join(build.dir, "host.mjs");
const back = await RunningHost.start({ hostFile, launch: { bundleDir, deployment: "Back" } });
const front = await RunningHost.start({ hostFile, launch: { bundleDir, deployment: "Front" } });
await back.ready(); await front.ready();
front.agent.send({ type: "slices", slices: [sliceOf([front, back], "Front")] });
const mem = (h: RunningHost) => readFileSync(`/proc/${h.process.pid}/status`, "utf8").match(/Vm(HWM|RSS):\s+(\d+)/g)!.join(" ");
await front.request("GET", "/app/field");
console.log("idle", mem(front), "|", mem(back));
for (let i = 0; i < 30; i++) { await front.request("GET", "/app/vector"); if (i === 0 || i === 9 || i === 29) console.log(i, mem(front), "|", mem(back)); }
const t = performance.now(); await front.request("GET", "/app/vector"); console.log("ms", performance.now() - t);
await front.stop(); await back.stop();
