"use client";

import { ArrowRight, FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/components/ui/cn.ts";
import { CodeBlock } from "@/components/ui/code-block.tsx";
import { bundleLimitBytes } from "@sluice/contracts";
import { formatBytes, formatPercent } from "@/format/numbers.ts";
import { gallery } from "./gallery.ts";
import type { GalleryEntry } from "./gallery.ts";
import { withCode } from "./form-row.tsx";
import type { UploadProgress } from "./upload-bundle.ts";

export interface ModelStepProps {
  busy: { readonly label: string; readonly progress: UploadProgress } | null;
  problem: string | null;
  onExample: (entry: GalleryEntry) => void;
  onFile: (file: File) => void;
  onCancel: () => void;
}

/** Step 1: an example, a model file, or a bundle of code. */
export function ModelStep({ busy, problem, onExample, onFile, onCancel }: ModelStepProps) {
  return (
    <div className="grid grid-cols-1 gap-6">
      {problem !== null && <Banner tone="bad">{withCode(problem)}</Banner>}
      {busy !== null && <Progress {...busy} onCancel={onCancel} />}
      <section aria-labelledby="examples">
        <h2 id="examples" className="mb-2.5 font-[580]">
          Start from an example
        </h2>
        <div className="grid gap-3.5 sm:grid-cols-2 xl:grid-cols-3">
          {gallery.map((entry) => (
            <button
              key={entry.id}
              type="button"
              disabled={busy !== null}
              onClick={() => onExample(entry)}
              className="group grid content-start gap-1.5 rounded-card border border-line bg-panel p-3.5 text-left transition-colors duration-120 hover:border-line-strong hover:bg-raise disabled:opacity-60"
            >
              <span className="flex items-center justify-between font-medium">
                {entry.title}
                <ArrowRight
                  aria-hidden
                  className="size-3.5 text-faint transition-transform duration-120 group-hover:translate-x-0.5 group-hover:text-text"
                />
              </span>
              <span className="text-dim">{withCode(entry.sentence)}</span>
              <span className="text-xs text-faint">{withCode(entry.shows)}</span>
              {entry.needs.length > 0 && (
                <span className="text-xs text-dim">
                  Needs <code>{entry.needs.join(", ")}</code> on the nodes.
                </span>
              )}
            </button>
          ))}
        </div>
      </section>
      <section aria-labelledby="own">
        <h2 id="own" className="mb-2.5 font-[580]">
          Or bring your own
        </h2>
        <DropZone disabled={busy !== null} onFile={onFile} />
      </section>
      <section aria-labelledby="shell" className="min-w-0">
        <h2 id="shell" className="mb-2.5 font-[580]">
          Or from a shell
        </h2>
        <CodeBlock label="command" text="npx sluice deploy packages/examples/hello" className="max-w-[560px]" />
      </section>
    </div>
  );
}

function DropZone({ disabled, onFile }: { disabled: boolean; onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file !== undefined && !disabled) onFile(file);
      }}
      className={cn(
        "flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border border-dashed border-line-strong bg-panel px-4 py-6 transition-colors duration-120",
        over && "border-accent bg-raise",
      )}
    >
      <FileUp aria-hidden className="size-5 text-faint" />
      <div className="min-w-0 flex-1">
        <p>
          Drop an <code>.onnx</code> model, or a <code>.zip</code> with TypeScript, JavaScript, or any program that
          serves HTTP
        </p>
        <p className="text-xs text-faint">
          Up to {formatBytes(bundleLimitBytes)}. It is stored by its sha256, so the same file is never stored twice.
        </p>
      </div>
      <input
        ref={input}
        type="file"
        accept=".onnx,.zip"
        className="sr-only"
        tabIndex={-1}
        aria-label="Model or bundle file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
      <Button reason={disabled ? "An upload is running" : undefined} onClick={() => input.current?.click()}>
        Choose file
      </Button>
    </div>
  );
}

function Progress({ label, progress, onCancel }: { label: string; progress: UploadProgress; onCancel: () => void }) {
  const share = progress.phase === "sending" ? progress.share : 1;
  return (
    <div role="status" className="grid gap-2 rounded-card border border-line bg-panel px-3.5 py-3">
      <div className="flex items-center justify-between gap-3">
        <span className="min-w-0 truncate">
          {progress.phase === "sending"
            ? `Uploading ${label}, ${formatPercent(Math.round(share * 100))}`
            : `${label} is stored. A node looks into it`}
        </span>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <div className="h-1 overflow-hidden rounded-full bg-raise">
        <div
          className={cn(
            "h-full bg-accent transition-[width] duration-140",
            progress.phase === "inspecting" && "animate-pulse-soft",
          )}
          style={{ width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
