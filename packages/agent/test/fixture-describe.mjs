/** Stands in for the describe entry: answers, hangs or dies, as the import path says. */
import { readFileSync } from "node:fs";

const input = JSON.parse(readFileSync(0, "utf8"));
if (input.importPath === "hang.onnx") setInterval(() => undefined, 1_000);
else if (input.importPath === "die.onnx") {
  console.error("Error: not a model");
  process.exit(3);
} else {
  console.log("user code prints this first");
  const deployments = [{ options: { name: "model" }, outbound: [], methods: ["fetch"] }];
  console.log(JSON.stringify({ ok: true, description: { ingress: "model", deployments } }));
}
