/** Two channel walls and two gates between them. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden className={className ?? "size-5"}>
      <path d="M2 4h16M2 16h16" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <path d="M6 4v7M14 9v7" stroke="var(--accent)" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
