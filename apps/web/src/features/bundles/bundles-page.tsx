"use client";

import Link from "next/link";
import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CodeBlock } from "@/components/ui/code-block.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { useBundles } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { formatBytes, plural, shortHash } from "@/format/numbers.ts";
import { formatAge, formatMoment } from "@/format/time.ts";

export function BundlesPage() {
  const bundles = useBundles();
  const nowMs = useNow();
  const items = bundles.data?.items ?? [];
  return (
    <>
      <PageHeader
        title="Bundles"
        state={<span className="text-xs text-faint">code and models, addressed by their content</span>}
      />
      <ListBody
        query={bundles}
        total={items.length}
        shown={items.length}
        columns={6}
        empty={
          <EmptyState
            title="No bundle was uploaded"
            action={
              <div className="grid w-full gap-4">
                <Button asChild look="primary" className="justify-self-start">
                  <Link href="/applications/new">Upload with a new application</Link>
                </Button>
                <div className="grid gap-1.5">
                  <span className="text-xs text-faint">Or from a shell</span>
                  <CodeBlock
                    label="command"
                    text={`curl --data-binary @model.onnx -H "content-type: application/octet-stream" "${window.location.origin}/api/v1/bundles?name=model.onnx"`}
                  />
                </div>
              </div>
            }
          >
            <p>Uploaded models and code appear here with their size and who uses them.</p>
          </EmptyState>
        }
      >
        <Table label="Bundles">
          <thead>
            <tr>
              <Th>Bundle</Th>
              <Th>sha256</Th>
              <Th>Kind</Th>
              <Th numeric>Size</Th>
              <Th>Used by</Th>
              <Th>By</Th>
              <Th>Uploaded</Th>
            </tr>
          </thead>
          <tbody>
            {items.map((bundle) => (
              <tr key={bundle.sha256}>
                <Td className="font-medium">
                  {bundle.name}
                  {bundle.kind === "zip" && (
                    <span
                      className="ml-2 text-xs font-normal text-faint"
                      title={bundle.files.map((file) => file.path).join("\n")}
                    >
                      {plural(bundle.files.length, "file")}
                    </span>
                  )}
                </Td>
                <Td className="font-mono text-xs text-dim">
                  <span title={bundle.sha256}>{shortHash(bundle.sha256)}</span>
                </Td>
                <Td className="text-dim">{bundle.kind}</Td>
                <Td numeric>{formatBytes(bundle.size_bytes)}</Td>
                <Td>
                  {bundle.used_by.length === 0 ? (
                    <span className="text-faint">nobody</span>
                  ) : (
                    bundle.used_by.map((name, index) => (
                      <span key={name}>
                        {index > 0 && ", "}
                        <Link href={applicationPath(name)} className="hover:underline">
                          {name}
                        </Link>
                      </span>
                    ))
                  )}
                </Td>
                <Td className="text-dim">{bundle.created_by}</Td>
                <Td className="whitespace-nowrap text-dim">
                  <time dateTime={bundle.created_at} title={formatMoment(bundle.created_at)}>
                    {nowMs === 0 ? "" : formatAge(bundle.created_at, nowMs)}
                  </time>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </ListBody>
    </>
  );
}
