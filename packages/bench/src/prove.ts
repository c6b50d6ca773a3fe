/** `npm run prove -- <topic>.<line>`: reproduces a figure of an acceptance list; exits 1 on a miss, 2 on wrong use. */
import { runProof, type Proof } from "./proof.ts";
import { stopPeersOnSignals } from "./running-peers.ts";
import { servingProofs } from "./serving/index.ts";
import { skeletonProofs } from "./skeleton/index.ts";

const proofs: readonly Proof[] = [...skeletonProofs, ...servingProofs];

const print = (line: string) => process.stdout.write(`${line}\n`);
const wanted = process.argv.slice(2);
const chosen = proofs.filter((proof) => wanted.includes(proof.id) || wanted.includes(proof.id.split(".")[0] ?? ""));

if (chosen.length === 0) {
  print("usage: npm run prove -- <topic>.<line> [...]   or a whole topic");
  for (const proof of proofs) print(`  ${proof.id.padEnd(22)} ${proof.title}`);
  process.exitCode = 2;
} else {
  stopPeersOnSignals();
  for (const proof of chosen) {
    try {
      if (!(await runProof(proof, print))) process.exitCode = 1;
    } catch (error) {
      print(`${proof.id}  BROKEN  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      process.exitCode = 1;
    }
  }
}
