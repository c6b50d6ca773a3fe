import { BundleUploadAnswer, Problem, bundleLimitBytes } from "@sluice/contracts";
import { formatBytes } from "@/format/numbers.ts";

export type UploadProgress = { readonly phase: "sending"; readonly share: number } | { readonly phase: "inspecting" };

/** The refusal of an upload, in the server's own words. */
export class UploadError extends Error {}

/** Sends a file as it is. XMLHttpRequest, since fetch tells nothing about progress while sending. */
export function uploadBundle(
  file: Blob,
  name: string,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<BundleUploadAnswer> {
  if (file.size > bundleLimitBytes) {
    return Promise.reject(
      new UploadError(`${name} has ${formatBytes(file.size)}; the limit is ${formatBytes(bundleLimitBytes)}.`),
    );
  }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/bundles?name=${encodeURIComponent(name)}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (event) =>
      onProgress({ phase: "sending", share: event.lengthComputable ? event.loaded / event.total : 0 });
    // All bytes are there; now a node opens the model or imports the code.
    request.upload.onload = () => onProgress({ phase: "inspecting" });
    request.onload = () => {
      const answer = readAnswer(request);
      if (answer instanceof UploadError) reject(answer);
      else resolve(answer);
    };
    request.onerror = () => reject(new UploadError("The server did not answer. Is Sluice still running?"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function readAnswer(request: XMLHttpRequest): BundleUploadAnswer | UploadError {
  let body: unknown;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    return new UploadError(`The server answered ${request.status} without a readable body.`);
  }
  if (request.status < 300) {
    const answer = BundleUploadAnswer.safeParse(body);
    return answer.success ? answer.data : new UploadError("The server's answer to the upload could not be read.");
  }
  const problem = Problem.safeParse(body);
  if (!problem.success) return new UploadError(`The upload was refused with ${request.status}.`);
  const details = (problem.data.errors ?? []).map((issue) => issue.detail).join(" ");
  return new UploadError(details === "" ? problem.data.detail : `${problem.data.detail} ${details}`);
}
