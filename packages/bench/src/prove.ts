/** `npm run prove -- <topic>.<line>`: reproduces a figure of an acceptance list; exits 1 on a miss, 2 on wrong use. */
import { runProof, type Proof } from "./proof.ts";
import { stopPeersOnSignals } from "./running-peers.ts";
import { orchestrationProofs } from "./orchestration/index.ts";
import { servingProofs } from "./serving/index.ts";
import { skeletonProofs } from "./skeleton/index.ts";

const proofs: readonly Proof[] = [...skeletonProofs, ...servingProofs, ...orchestrationProofs];

const print = (line: string) => process.stdout.write(`${line}\n`);
const wanted = process.argv.slice(2);
const chosen = proofs.filter(({ id }) => wanted.some((one) => id === one || id.startsWith(`${one}.`)));

if (chosen.length === 0) {
  print("usage: npm run prove -- <topic>.<line> [...]   or all below a name");
  for (const proof of proofs) print(`  ${proof.id.padEnd(26)} ${proof.title}`);
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
