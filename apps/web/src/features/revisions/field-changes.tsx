import type { FieldChange } from "@sluice/contracts";
import { shortHash } from "@/format/numbers.ts";

/** Field by field: before and after. */
export function FieldChanges({ changes }: { changes: readonly FieldChange[] }) {
  return (
    <ul className="grid gap-px overflow-hidden rounded-control border border-line bg-line">
      {changes.map((change) => (
        <li
          key={change.pointer}
          className="grid gap-x-4 gap-y-0.5 bg-panel px-3 py-1.5 sm:grid-cols-[minmax(188px,0.8fr)_minmax(0,1fr)_minmax(0,1fr)]"
        >
          <code className="text-xs wrap-anywhere text-dim">
            {change.pointer.replace(/^#?\//, "").replaceAll("/", ".")}
          </code>
          <Value sign="−" label="before" value={change.before} />
          <Value sign="+" label="after" value={change.after} />
        </li>
      ))}
    </ul>
  );
}

/** Content hashes are told apart by both ends; the whole one stands in the spec beside. */
function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/[0-9a-f]{64}/g, shortHash);
}

function Value({ sign, label, value }: { sign: string; label: string; value: unknown }) {
  return (
    <code className="min-w-0 text-xs wrap-anywhere">
      <span aria-hidden className={sign === "+" ? "text-ok" : "text-bad"}>
        {sign}{" "}
      </span>
      <span className="sr-only">{label}: </span>
      {value === null ? <span className="text-faint">not set</span> : valueText(value)}
    </code>
  );
}
