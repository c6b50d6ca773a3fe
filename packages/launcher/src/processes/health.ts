import { request } from "node:http";
import { request as requestOverTls } from "node:https";
import { HealthView } from "@sluice/contracts";
import { z } from "zod";

const PROBE_TIMEOUT_MS = 2_000;

/** GETs a health address. Undefined when nobody answers or the answer is not 2xx; otherwise the body. */
export function probe(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A certificate names the host that others know, and this is loopback: nothing secret is sent, so it need not fit.
    const options = { timeout: PROBE_TIMEOUT_MS, agent: false, rejectUnauthorized: false } as const;
    const call = (url.startsWith("https:") ? requestOverTls : request)(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve(Math.floor((response.statusCode ?? 0) / 100) === 2 ? body : undefined));
      response.on("error", () => resolve(undefined));
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(undefined));
    call.end();
  });
}

/** Whether the dashboard sees a controller, a node and a gateway: the whole chain, through the database. */
export function isSystemUp(healthBody: string | undefined): boolean {
  if (healthBody === undefined) return false;
  const parsed = HealthView.safeParse(parseJson(healthBody));
  return (
    parsed.success && parsed.data.controller.available && parsed.data.nodes_ready >= 1 && parsed.data.gateways >= 1
  );
}

/** Whether the controller leads: before that it refuses agents and gateways, and a standby of its own data has none. */
export function isLeading(healthBody: string | undefined): boolean {
  return healthBody !== undefined && ControllerHealth.safeParse(parseJson(healthBody)).success;
}

const ControllerHealth = z.object({ role: z.literal("leader") });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
