/**
 * A proof reproduces one line of an acceptance list: it measures, compares with the target, and says pass or miss. It never
 * rounds a miss into a pass: `holds` decides on the raw samples.
 */
import { describeMachine } from "./machine.ts";
import { median, round, spread } from "./statistics.ts";

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly number[];
  /** What would be right, in words, e.g. `<= 1 %`; absent for a figure that is only reported. */
  readonly target?: string;
  /** Whether the target is met by these samples; absent for a figure that is only reported. */
  readonly holds?: boolean;
}

export interface Proof {
  /** `<topic>.<line>`, e.g. `skeleton.3`. */
  readonly id: string;
  readonly title: string;
  /** Load and repetitions in words, printed with the figures. */
  readonly method: string;
  run(log: (line: string) => void): Promise<readonly Figure[]>;
}

/** Runs a proof and prints its figures; true when every target holds. */
export async function runProof(proof: Proof, print: (line: string) => void): Promise<boolean> {
  print(`${proof.id}  ${proof.title}`);
  print(`machine  ${describeMachine()}`);
  print(`method   ${proof.method}`);
  const startedMs = performance.now();
  const figures = await proof.run((line) => print(`         ${line}`));
  let holds = figures.length > 0;
  for (const figure of figures) {
    print(formatFigure(figure));
    if (figure.holds === false) holds = false;
  }
  print(`${proof.id}  ${holds ? "holds" : "MISSED"}  (${round((performance.now() - startedMs) / 1000)} s)`);
  return holds;
}

function formatFigure(figure: Figure): string {
  const verdict = figure.holds === undefined ? "      " : figure.holds ? "holds " : "MISSED";
  const repetitions =
    figure.samples.length > 1 ? `  median of ${String(figure.samples.length)}, spread ${spread(figure.samples)}` : "";
  const target = figure.target === undefined ? "" : `  target ${figure.target}`;
  return `${verdict}   ${figure.name}: ${round(median(figure.samples))} ${figure.unit}${repetitions}${target}`;
}
