"use client";

import { Fragment } from "react";
import type { ReactNode } from "react";
import type { BundleDescription, TensorDescription } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { formatBytes, shortHash } from "@/format/numbers.ts";
import type { DraftSource } from "./draft.ts";

/** What was uploaded and what a node found in it. */
export function ModelCard({
  source,
  inspecting,
  onReplace,
}: {
  source: DraftSource;
  inspecting: boolean;
  onReplace: () => void;
}) {
  const facts = [source.sizeBytes === null ? "" : formatBytes(source.sizeBytes), `sha256 ${shortHash(source.sha256)}`]
    .filter(Boolean)
    .join(" · ");
  return (
    <Card
      title={source.name}
      note={facts}
      actions={
        <Button size="small" onClick={onReplace}>
          Replace
        </Button>
      }
    >
      {source.description !== null && <Description description={source.description} />}
      {source.description === null && inspecting && (
        <p role="status" className="flex items-center gap-2 text-dim">
          <StateMark tone="busy" /> A node is looking into it
        </p>
      )}
      {source.description === null && !inspecting && source.describeError !== null && (
        <p role="alert" className="flex items-baseline gap-2">
          <StateMark tone="bad" />
          <span className="min-w-0 break-words">
            {source.describeError}{" "}
            <span className="text-dim">Replace the file, or deploy it and see the same message on its page.</span>
          </span>
        </p>
      )}
      {source.description === null && !inspecting && source.describeError === null && (
        <p className="text-dim">
          {source.kind === "zip"
            ? "Say below what to run: a node looks into code, a program is started as it is."
            : "No node has looked into it yet. You can deploy; it is inspected first."}
        </p>
      )}
    </Card>
  );
}

function Description({ description }: { description: BundleDescription }) {
  return (
    <dl className="grid">
      {description.deployments.map((one) => (
        <Fragment key={one.options.name}>
          {one.inputs !== undefined && <Tensors label="Inputs" tensors={one.inputs} />}
          {one.outputs !== undefined && <Tensors label="Outputs" tensors={one.outputs} />}
          {one.inputs === undefined && (
            <Row label={one.options.name === description.ingress ? `${one.options.name} (ingress)` : one.options.name}>
              {one.methods.map((method) => `${method}()`).join(", ")}
              {one.outbound.length > 0 && <span className="text-faint"> calls {one.outbound.join(", ")}</span>}
            </Row>
          )}
        </Fragment>
      ))}
    </dl>
  );
}

function Tensors({ label, tensors }: { label: string; tensors: readonly TensorDescription[] }) {
  return (
    <Row label={label}>
      {tensors.map((tensor, index) => (
        <span key={tensor.name}>
          {index > 0 && ", "}
          <code className="text-xs text-text">{tensor.name}</code> {tensor.datatype} [{tensor.shape.join(", ")}]
        </span>
      ))}
    </Row>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-[18px] border-t border-line py-2.5 first:border-t-0 sm:grid-cols-[176px_minmax(0,1fr)]">
      <dt className="font-[530]">{label}</dt>
      <dd className="min-w-0 break-words text-dim">{children}</dd>
    </div>
  );
}
