import type { FieldChange } from "@sluice/contracts";

/** Field by field: before and after. */
export function FieldChanges({ changes }: { changes: readonly FieldChange[] }) {
  return (
    <ul className="grid gap-px overflow-hidden rounded-control border border-line bg-line">
      {changes.map((change) => (
        <li key={change.pointer} className="grid gap-x-4 gap-y-0.5 bg-panel px-3 py-1.5 sm:grid-cols-[minmax(140px,0.8fr)_minmax(0,1fr)_minmax(0,1fr)]">
          <code className="text-xs break-words text-dim">{change.pointer.replace(/^#?\//, "").replaceAll("/", ".")}</code>
          <Value sign="−" label="before" value={change.before} />
          <Value sign="+" label="after" value={change.after} />
        </li>
      ))}
    </ul>
  );
}

function Value({ sign, label, value }: { sign: string; label: string; value: unknown }) {
  return (
    <code className="min-w-0 text-xs break-words">
      <span aria-hidden className={sign === "+" ? "text-ok" : "text-bad"}>
        {sign}{" "}
      </span>
      <span className="sr-only">{label}: </span>
      {value === null ? <span className="text-faint">not set</span> : typeof value === "string" ? value : JSON.stringify(value)}
    </code>
  );
}
