"use client";

import { useCallback, useRef, useState } from "react";
import type { BundleUploadAnswer } from "@sluice/contracts";
import type { DraftSource } from "./draft.ts";
import type { GalleryEntry } from "./gallery.ts";
import { UploadError, uploadBundle } from "./upload-bundle.ts";
import type { UploadProgress } from "./upload-bundle.ts";

export interface UploadState {
  readonly busy: { readonly label: string; readonly progress: UploadProgress } | null;
  readonly problem: string | null;
}

/** One upload at a time; an example's files travel the same way as a person's. */
export function useUpload(onUploaded: (source: DraftSource, example: GalleryEntry | null) => void) {
  const [state, setState] = useState<UploadState>({ busy: null, problem: null });
  const controller = useRef<AbortController | null>(null);

  const send = useCallback(
    async (
      label: string,
      load: (signal: AbortSignal) => Promise<Blob>,
      example: GalleryEntry | null,
    ): Promise<void> => {
      const abort = new AbortController();
      controller.current = abort;
      setState({ busy: { label, progress: { phase: "sending", share: 0 } }, problem: null });
      try {
        const file = await load(abort.signal);
        const answer = await uploadBundle(
          file,
          label,
          (progress) => setState({ busy: { label, progress }, problem: null }),
          abort.signal,
        );
        setState({ busy: null, problem: null });
        onUploaded(sourceOf(answer), example);
      } catch (error) {
        if (abort.signal.aborted) return;
        setState({
          busy: null,
          problem: error instanceof UploadError ? error.message : `${label} could not be uploaded.`,
        });
      }
    },
    [onUploaded],
  );

  return {
    ...state,
    sendFile: (file: File) => void send(file.name, () => Promise.resolve(file), null),
    sendExample: (example: GalleryEntry) =>
      void send(example.bundleName, (signal) => loadExample(example, signal), example),
    cancel: () => {
      controller.current?.abort();
      setState({ busy: null, problem: null });
    },
  };
}

async function loadExample(example: GalleryEntry, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(`/examples/${example.id}/bundle`, { signal });
  if (!response.ok) throw new UploadError(`The example could not be read: the server answered ${response.status}.`);
  return response.blob();
}

function sourceOf({ bundle, description, describe_error }: BundleUploadAnswer): DraftSource {
  return {
    sha256: bundle.sha256,
    name: bundle.name,
    kind: bundle.kind,
    sizeBytes: bundle.size_bytes,
    description,
    describeError: describe_error,
  };
}
