import type { BundleUploadAnswer } from "@sluice/contracts";
import { appendAuditEntry, listBundleUse, writeBundle } from "@sluice/db";
import type { Bundle, NewBundle } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { bundleViewOf } from "./bundle-view.ts";
import { describeWaitMs, lookInto } from "./describe-bundle.ts";
import { inspectZip, invalidBundle } from "./inspect-zip.ts";
import { judgeOnnx } from "./judge-onnx.ts";
import { receiveUpload } from "./receive-upload.ts";
import type { ReceivedUpload } from "./receive-upload.ts";

export interface UploadInput {
  readonly name: string;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Receives, checks, stores. A model is described at once, so that a form can show its inputs; code needs an import path first. */
export async function uploadBundle(
  deps: ApiDeps,
  principal: Principal,
  input: UploadInput,
): Promise<BundleUploadAnswer> {
  authorize(principal, "create", { type: "bundle", id: null });
  await using upload = await receiveUpload(input.body, deps.uploadDir);
  const content = await judgeContent(upload, input);
  const { bundle, created } = await store(deps, principal, { ...content, name: input.name }, upload);
  const use = await listBundleUse(deps.db, deps.projectId);
  const view = bundleViewOf(bundle, use.get(bundle.sha256) ?? []);
  if (bundle.kind === "zip") return { bundle: view, existed: !created, description: null, describe_error: null };
  const request = { runtime: "onnx", bundle: bundle.sha256, importPath: "", args: {}, envVars: {} } as const;
  const { description, error } = await lookInto(deps, request, describeWaitMs);
  return { bundle: view, existed: !created, description, describe_error: error };
}

async function judgeContent(upload: ReceivedUpload, input: UploadInput): Promise<Pick<NewBundle, "kind" | "files">> {
  const isZip = input.contentType === "application/zip" || Buffer.from(upload.head.subarray(0, 4)).equals(zipMagic);
  if (isZip) return { kind: "zip", files: await inspectZip(upload.path) };
  const reason = judgeOnnx(upload.head);
  if (reason !== null) throw invalidBundle(`\`${input.name}\` is neither a zip nor an ONNX model: ${reason}`);
  return { kind: "file", files: [{ path: input.name, sizeBytes: upload.sizeBytes }] };
}

const zipMagic = Buffer.from([0x50, 0x4b, 0x03, 0x04]);

/** The chunks are written outside of one long transaction: until complete the bundle is invisible. */
async function store(
  deps: ApiDeps,
  principal: Principal,
  content: Pick<NewBundle, "kind" | "files" | "name">,
  upload: ReceivedUpload,
): Promise<{ readonly bundle: Bundle; readonly created: boolean }> {
  const stored = await writeBundle(
    deps.db,
    { ...content, projectId: deps.projectId, createdBy: principal.name },
    upload.read(),
  );
  if (!stored.created) return stored;
  const { bundle } = stored;
  await deps.db.transaction((tx) =>
    appendAuditEntry(tx, {
      projectId: deps.projectId,
      principal: principal.name,
      action: "bundle.upload",
      objectKind: "bundle",
      objectId: bundle.id,
      objectName: bundle.name,
      after: { sha256: bundle.sha256, size_bytes: bundle.sizeBytes },
      requestId: principal.requestId ?? null,
    }),
  );
  return stored;
}
