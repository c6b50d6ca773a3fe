import type { BundleView } from "@sluice/contracts";
import type { Bundle } from "@sluice/db";
import { isoOf } from "../applications/application-views.ts";

export function bundleViewOf(bundle: Bundle, usedBy: readonly string[]): BundleView {
  return {
    sha256: bundle.sha256,
    name: bundle.name,
    // A bundle that is one file is a model: nothing else is taken in that form.
    kind: bundle.kind === "file" ? "onnx" : "zip",
    size_bytes: bundle.sizeBytes,
    files: bundle.files.map((file) => ({ path: file.path, size_bytes: file.sizeBytes })),
    created_at: isoOf(bundle.createdAtMs),
    created_by: bundle.createdBy,
    used_by: [...usedBy],
  };
}
