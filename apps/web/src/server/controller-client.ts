import { AutoscalingAnswer, controllerPaths, DescribeAnswer, isSluiceError, JoinAddresses } from "@sluice/contracts";
import type { AutoscalingEvaluation, DescribeRequest } from "@sluice/contracts";
import { getLease } from "@sluice/db";
import type { Db } from "@sluice/db";
import type { ControllerPort } from "@sluice/api";
import { readControllerLog } from "./controller-log.ts";

/** How much longer than the controller we wait, so that its own answer ("no node in time") arrives first. */
const graceMs = 2_000;

/** Calls the controller that leads, at the address in the lease. Never rejects: its absence is an answer, too. */
export function createControllerClient(options: { readonly db: Db; readonly secret: string }): ControllerPort {
  return {
    async describe(request, timeoutMs) {
      try {
        const lease = await getLease(options.db);
        if (lease?.isHeld !== true) return unavailable("No controller leads at the moment.");
        return await callDescribe(lease.address, options.secret, request, timeoutMs);
      } catch (error) {
        if (isSluiceError(error)) return unavailable(error.publicMessage);
        const isTimeout = error instanceof Error && error.name === "TimeoutError";
        return unavailable(isTimeout ? "The controller did not answer in time." : "The controller cannot be reached.");
      }
    },
    async readLogs(call, signal) {
      const lease = await getLease(options.db).catch(() => null);
      if (lease?.isHeld !== true) return { ok: false, status: 503, reason: "No controller leads at the moment." };
      return await readControllerLog(lease.address, options.secret, call, signal);
    },
    async joinUrls() {
      try {
        const lease = await getLease(options.db);
        return lease?.isHeld === true ? await callJoinUrls(lease.address, options.secret) : [];
      } catch {
        // A token counts without them; whoever made it knows where the controller is.
        return [];
      }
    },
    async autoscaling(applicationId) {
      try {
        const lease = await getLease(options.db);
        return lease?.isHeld === true ? await callAutoscaling(lease.address, options.secret, applicationId) : null;
      } catch {
        return null;
      }
    },
  };
}

async function callAutoscaling(
  address: string,
  secret: string,
  applicationId: string,
): Promise<readonly AutoscalingEvaluation[] | null> {
  const url = new URL(controllerPaths.autoscaling, address);
  url.searchParams.set("application_id", applicationId);
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${secret}` },
    signal: AbortSignal.timeout(graceMs),
  });
  return response.ok ? AutoscalingAnswer.parse(await response.json()).evaluations : null;
}

async function callJoinUrls(address: string, secret: string): Promise<readonly string[]> {
  const response = await fetch(new URL(controllerPaths.join, address), {
    headers: { authorization: `Bearer ${secret}` },
    signal: AbortSignal.timeout(graceMs),
  });
  return response.ok ? JoinAddresses.parse(await response.json()).urls : [];
}

async function callDescribe(
  address: string,
  secret: string,
  request: DescribeRequest,
  timeoutMs: number,
): Promise<DescribeAnswer> {
  const response = await fetch(new URL(controllerPaths.describe, address), {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ request, timeout_ms: timeoutMs }),
    signal: AbortSignal.timeout(timeoutMs + graceMs),
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const detail =
      typeof body === "object" && body !== null && "detail" in body ? String(body.detail) : `status ${response.status}`;
    return unavailable(`The controller could not describe it: ${detail}`);
  }
  return DescribeAnswer.parse(body);
}

function unavailable(reason: string): DescribeAnswer {
  return { result: null, reason };
}
