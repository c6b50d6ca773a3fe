import type { TrafficPut, TrafficView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { invalid } from "./output/invalid.ts";

export interface TrafficOptions {
  readonly reset: boolean;
  readonly wait: boolean;
  readonly timeoutS: number;
}

const pollMs = 250;

/**
 * `sluice traffic <name> [1=95 2=5]`: shows the weights, or sets them and waits until every gateway confirmed; answers the exit
 * code.
 */
export async function traffic(
  client: Client,
  name: string,
  weights: readonly string[],
  options: TrafficOptions,
  say: (line: string) => void,
): Promise<number> {
  if (options.reset && weights.length > 0) throw invalid("Give weights or --reset, not both.");
  if (!options.reset && weights.length === 0) {
    for (const line of linesOf(await client.applications.traffic(name))) say(line);
    return 0;
  }
  const wanted = options.reset
    ? await client.applications.resetTraffic(name)
    : await client.applications.setTraffic(name, readWeights(weights));
  say(
    `${name}  asked for: ${wanted.wanted === null ? "all requests to the target revision" : weightsText(wanted.wanted)}`,
  );
  if (!options.wait) return 0;
  const { generation } = await client.applications.get(name);
  return await waitUntilInForce(client, { name, generation, timeoutS: options.timeoutS }, say);
}

/** `1=95`, `r1=95` and `1=95%` are the same. That they sum to 100 is for the server to say. */
export function readWeights(texts: readonly string[]): TrafficPut["variants"] {
  return texts.map((text) => {
    const match = /^r?(\d+)=(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim());
    if (match === null) throw invalid(`${text} is no weight. Give revision=percent, for example 1=95 2=5.`);
    return { revision: Number(match[1]), weight: Number(match[2]) };
  });
}

/** Ends with 1 as soon as the status says that a side of the split cannot start. */
async function waitUntilInForce(
  client: Client,
  { name, generation, timeoutS }: { readonly name: string; readonly generation: number; readonly timeoutS: number },
  say: (line: string) => void,
): Promise<number> {
  const deadlineMs = performance.now() + timeoutS * 1000;
  let said = "";
  for (;;) {
    const application = await client.applications.get(name);
    const view = application.traffic;
    const isInForce = view.in_force_at !== null && isAsWanted(view);
    const line = isInForce ? linesOf(view)[0] : `${name}  ${view.reason}`;
    if (line !== undefined && line !== said) say(line);
    said = line ?? said;
    if (isInForce) return 0;
    if (application.status === "DEPLOY_FAILED" && application.observed_generation >= generation) {
      say(`The weights did not come into force: ${application.message}`);
      return 1;
    }
    if (performance.now() > deadlineMs) {
      say(`${name} is not there yet after ${String(timeoutS)} s. See: sluice traffic ${name}`);
      return 1;
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Without a split, one revision has everything. */
function isAsWanted({ wanted, effective }: TrafficView): boolean {
  const shares = effective.filter(({ weight }) => weight > 0);
  if (wanted === null) return shares.length === 1;
  const text = (variants: TrafficView["effective"]): string =>
    variants
      .filter(({ weight }) => weight > 0)
      .map(({ revision, weight }) => `${String(revision)}=${String(weight)}`)
      .sort()
      .join();
  return text(wanted) === text(shares);
}

function linesOf(view: TrafficView): string[] {
  const gateways = `in force on ${String(view.gateways_applied)} of ${String(view.gateways_total)} ${view.gateways_total === 1 ? "gateway" : "gateways"}`;
  return [
    `${view.application}  ${weightsText(view.effective) || "no revision takes requests yet"}  (${gateways})`,
    ...(isAsWanted(view) ? [] : [`  wanted: ${weightsText(view.wanted ?? [])}`, `  ${view.reason}`]),
  ];
}

function weightsText(variants: TrafficView["effective"]): string {
  return variants.map(({ revision, weight }) => `r${String(revision)} ${String(weight)} %`).join(", ");
}
